"""Lists on their way in: a new batch, another list for a batch, a list that could not be used."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, can_edit, check_edit, check_upload
from allocations.forms.lists import LONGEST_PASTE, BatchForm, ListForm
from allocations.models import Account, Batch
from allocations.presenters.numbers import grouped
from allocations.selectors.approval_policies import ceilings, in_force
from allocations.selectors.approvals import facts_of
from allocations.selectors.review import newest_upload
from allocations.selectors.templates import earlier_batches
from allocations.services import batches
from allocations.services.restored import against_change, insist_on_free_rows
from allocations.views.gates import form_page


def limits() -> dict[str, object]:
    """Shown before anybody chooses a file."""
    agreed = in_force().terms.within(**ceilings())
    return {
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "max_rows": settings.MAX_ROWS,
        "max_points": agreed.most_points_row,
        "max_total": agreed.most_points_batch,
        "max_month": agreed.most_points_person_month,
        "allowed": ", ".join(map(grouped, agreed.allowed_amounts or ())),
        "longest_paste": LONGEST_PASTE,
    }


@form_page
def new_batch(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_upload(actor)
    form = (
        BatchForm(request.POST, request.FILES) if request.method == "POST" else BatchForm(initial={"form_key": uuid4()})
    )
    if not form.is_valid():
        offered = {"accounts": Account.objects.order_by("name"), "earlier": earlier_batches(actor.id)}
        context = {"form": form, **offered, **limits()}
        return render(request, "allocations/new_batch/page.html", context, status=_status(form))
    batch = batches.create_batch(
        actor,
        purpose=form.cleaned_data["purpose"],
        account_id=form.cleaned_data["account"].pk,
        is_points_allocation=form.is_points_allocation,
        file_name=form.file_name,
        content=form.content,
        kind=form.kind,
        form_key=form.cleaned_data["form_key"],
    )
    return redirect("allocations:batch", batch_id=batch.pk)


@form_page
def replace_list(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """Another list for a batch that is not submitted."""
    batch = get_object_or_404(Batch, pk=batch_id)
    check_edit(actor, facts_of(batch))
    insist_on_free_rows(batch)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if not form.is_valid():
        return _show_replace(request, batch, form, status=_status(form))
    batches.replace_list(actor, batch_id=batch_id, file_name=form.file_name, content=form.content, kind=form.kind)
    messages.info(request, _("The new list takes the place of the former one once it is read."))
    return redirect("allocations:batch", batch_id=batch_id)


def show_draft(request: HttpRequest, actor: Actor, batch: Batch) -> HttpResponse:
    """A batch whose list could not be used: why, and the way to another one."""
    kept_because = against_change(batch)
    can_change = can_edit(actor, facts_of(batch)) and not kept_because
    return _show_replace(request, batch, ListForm(), can_change=can_change, kept_because=kept_because)


def _show_replace(
    request: HttpRequest,
    batch: Batch,
    form: ListForm,
    *,
    status: int = 200,
    can_change: bool = True,
    kept_because: str = "",
) -> HttpResponse:
    context = {
        "batch": batch,
        "form": form,
        "upload": newest_upload(batch.pk),
        "can_change": can_change,
        "kept_because": kept_because,
        **limits(),
    }
    return render(request, "allocations/replace_list/page.html", context, status=status)


def _status(form: ListForm) -> int:
    return 422 if form.is_bound else 200
