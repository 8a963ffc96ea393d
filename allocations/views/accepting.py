"""Warnings accepted with a reason, cause by cause, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor
from allocations.forms.accepting import AcceptForm, TakeBackForm
from allocations.models import Batch
from allocations.presenters.numbers import grouped
from allocations.services import accepting
from allocations.views.gates import action
from allocations.views.review import to_grid


@action
def accept(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    form = AcceptForm(request.POST)
    given = accepting.accept_warnings(
        actor,
        batch_id=batch_id,
        shown=form.shown,
        reason=form.cleaned_data["reason"],
        instead_of=form.cleaned_data["instead_of"],
    )
    said = ngettext(
        "“%(cause)s” is accepted in %(rows)s row. The approver reads your reason.",
        "“%(cause)s” is accepted in %(rows)s rows. The approver reads your reason.",
        given.rows,
    )
    messages.info(request, said % {"cause": _(cause_label(given.code)), "rows": grouped(given.rows)})
    return to_grid(request, batch_id, place="warnings")


@action
def take_back(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    accepting.take_back_acceptance(
        actor, batch_id=batch_id, acceptance_id=TakeBackForm(request.POST).cleaned_data["acceptance"]
    )
    messages.info(request, _("Taken back: the warnings have to be accepted before the list is submitted."))
    return to_grid(request, batch_id, place="warnings")
