"""Many rows repaired at once, after a look at what changes; and undone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor, can_see_personal_data, check_edit
from allocations.domain.repairs import Kind, offered
from allocations.forms.repairs import RepairPageForm, SeenRepairForm
from allocations.models import Batch
from allocations.presenters.numbers import grouped
from allocations.presenters.repairs import NAMES, WHAT, repair_page
from allocations.selectors.approvals import facts_of
from allocations.services import repairs
from allocations.services.restored import insist_on_free_rows
from allocations.views.gates import action, form_page


@form_page
def repair(request: HttpRequest, actor: Actor, batch_id: int, kind: str, code: str) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=batch_id)
    facts = facts_of(batch)
    check_edit(actor, facts)
    insist_on_free_rows(batch)
    chosen = _offered(kind, code)
    if request.method == "POST":
        seal = SeenRepairForm(request.POST).seen
        done = repairs.repair(actor, batch_id=batch_id, kind=chosen, code=code, seal=seal)
        said = ngettext(
            "%(repair)s: done in %(rows)s row. It can be undone below.",
            "%(repair)s: done in %(rows)s rows. It can be undone below.",
            done.touched,
        )
        messages.info(request, said % {"repair": NAMES[chosen], "rows": grouped(done.touched)})
        return _to_repairs(batch_id)
    plan = repairs.plan_repair(batch_id, kind=chosen, code=code)
    context = {
        "batch": batch,
        "code": code,
        "name": NAMES[chosen],
        "what": WHAT[chosen],
        "label": _(cause_label(code)),
        "plan": plan,
        "page": repair_page(
            plan, after=RepairPageForm(request.GET).page_after, in_full=can_see_personal_data(actor, facts)
        ),
    }
    return render(request, "allocations/repairs/page.html", context)


@action
def undo(request: HttpRequest, actor: Actor, batch_id: int, repair_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    undone = repairs.undo_repair(actor, batch_id=batch_id, repair_id=repair_id)
    messages.info(request, _undone(undone))
    return _to_repairs(batch_id)


def _undone(undone: repairs.Undone) -> str:
    said = ngettext("Undone: %(rows)s row as before.", "Undone: %(rows)s rows as before.", undone.rows)
    said %= {"rows": grouped(undone.rows)}
    if not undone.kept:
        return said
    kept = ngettext(
        "%(rows)s row changed since: they stay as they are.",
        "%(rows)s rows changed since: they stay as they are.",
        undone.kept,
    ) % {"rows": grouped(undone.kept)}
    return f"{said} {kept}"


def _offered(kind: str, code: str) -> Kind:
    for one in offered(code):
        if one == kind:
            return one
    raise Http404(f"No repair is called {kind} for {code}.")


def _to_repairs(batch_id: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('allocations:batch', args=[batch_id])}#messages")
