"""Bundles for outsiders, and the page that tells how the trail is sealed. Each bundle leaves an entry: POST."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, can_export, check_audit
from allocations.exports.bundle import bundle_of
from allocations.forms.bundles import BundleForm, PeriodForm
from allocations.models import Batch
from allocations.selectors.seals import approved_between, trail_state
from allocations.views.files import handed_out, in_english
from allocations.views.gates import action, form_page


@action
def batch_bundle(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(Batch, pk=batch_id)
    form = BundleForm(request.POST)
    form.is_valid()
    given = form.cleaned_data
    wanted = {"personal_data": given.get("personal_data", False), "reason": given.get("reason", "")}
    return handed_out(in_english(bundle_of, actor, [batch], **wanted), "zip")


@form_page
def audit(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    check_audit(actor)
    form = PeriodForm(request.POST) if request.method == "POST" else PeriodForm()
    found: list[Batch] = []
    if form.is_bound and form.is_valid():
        found = approved_between(*form.instants())
        if found:
            given = form.cleaned_data
            made = in_english(bundle_of, actor, found, personal_data=given["personal_data"], reason=given["reason"])
            return handed_out(made, "zip")
        form.add_error(None, _("No batch was approved in these days. Choose others."))
    context = {
        "form": form,
        "may_export": can_export(actor),
        "day_fields": (form["first"], form["last"]),
        "trail": trail_state(),
    }
    return render(request, "allocations/audit/page.html", context, status=422 if form.is_bound else 200)
