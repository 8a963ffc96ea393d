"""Replacing rows that EnKash gave nothing for, and giving that up before it is submitted."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor
from allocations.domain.replacing import check_replace
from allocations.domain.restored import MAY_BE_REPLACED
from allocations.forms.decisions import row_numbers
from allocations.forms.replacements import FormKey
from allocations.models import Batch
from allocations.presenters.exceptions import exception_line
from allocations.selectors.replacements import MOST_SHOWN, replaceable_rows
from allocations.selectors.restores import came_from_a_backup
from allocations.services import replacing
from allocations.views.gates import action, form_page


@form_page
def new_replacement(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """The rows that can be replaced; POST looks the ticked ones up at EnKash and makes the batch."""
    batch = get_object_or_404(Batch, pk=batch_id)
    check_replace(actor)
    if request.method == "POST":
        made = replacing.replace_rows(
            actor, batch_id=batch_id, numbers=row_numbers(request.POST), form_key=_form_key(request)
        )
        messages.info(
            request, _("EnKash was asked and gave nothing for these rows. Submit their replacement for approval.")
        )
        return redirect("allocations:batch", batch_id=made.pk)
    ticked = set(row_numbers(request.GET)) if "row" in request.GET else set()
    rows = replaceable_rows(batch_id, sorted(ticked))
    context = {
        "batch": batch,
        "form_key": uuid4(),
        "restored": MAY_BE_REPLACED if came_from_a_backup(batch.created_at) else "",
        "lines": [(exception_line(row), row.number in ticked) for row in rows[:MOST_SHOWN]],
        "more": max(rows.count() - MOST_SHOWN, 0),
    }
    return render(request, "allocations/replacements/page.html", context)


def _form_key(request: HttpRequest) -> UUID:
    form = FormKey(request.POST)
    return form.cleaned_data["form_key"] if form.is_valid() else uuid4()


@action
def give_up(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    replacing.give_up_replacement(actor, batch_id=batch_id)
    messages.info(request, _("Given up: the old rows can be run again or replaced anew."))
    return redirect("allocations:batch", batch_id=batch_id)
