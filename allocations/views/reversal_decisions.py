"""Approve, reject, withdraw and resume a reversal: POST only, one decision per content."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor
from allocations.domain.reversal_policy import check_decide
from allocations.forms.reversals import ApproveReversalForm, ClosingForm, RejectReversalForm
from allocations.models import Reversal
from allocations.presenters.holds import when
from allocations.presenters.numbers import points
from allocations.selectors.holds import hold
from allocations.selectors.reversals import facts_of, reversal_of
from allocations.services import reversals
from allocations.views.gates import action
from allocations.views.reversals import show
from allocations.views.step_up import count_as_guess, known_by_password, step_up


@action
def approve(request: HttpRequest, actor: Actor, reversal_id: int) -> HttpResponseBase:
    found = _found(reversal_id)
    if found.approved_by_id == actor.id and found.digest == request.POST.get("digest"):  # a second click
        return redirect("allocations:reversal", reversal_id=reversal_id)
    check_decide(actor, facts_of(found))
    voter = get_object_or_404(User, pk=actor.id)
    asks = step_up(actor, voter, here="").asks_password
    guess = count_as_guess(request) if asks else None
    form = ApproveReversalForm(request.POST, reversal=found, voter=voter, asks_password=asks)
    is_valid = form.is_valid()
    if guess and "password" not in form.errors:
        guess.rollback()
    if not is_valid:
        return show(request, actor, found, approve_form=form)
    if asks:
        actor = known_by_password(request, voter)
    reversals.approve_reversal(actor, reversal_id=reversal_id, digest=form.cleaned_data["digest"])
    said = {"points": points(found.amount), "when": when(hold())}
    messages.info(request, _("You approved taking %(points)s back. The call begins %(when)s.") % said)
    return redirect("allocations:reversal", reversal_id=reversal_id)


@action
def reject(request: HttpRequest, actor: Actor, reversal_id: int) -> HttpResponseBase:
    found = _found(reversal_id)
    check_decide(actor, facts_of(found))
    form = RejectReversalForm(request.POST, reversal=found)
    if not form.is_valid():
        return show(request, actor, found, reject_form=form)
    reversals.reject_reversal(actor, reversal_id=reversal_id, **form.cleaned_data)
    messages.info(request, _("You rejected reversal %(number)s. Nothing is taken back.") % {"number": reversal_id})
    return redirect("allocations:reversals")


@action
def withdraw(request: HttpRequest, actor: Actor, reversal_id: int) -> HttpResponseBase:
    form = ClosingForm(request.POST)
    compared = form.is_valid() and form.cleaned_data["compared"]
    reversals.withdraw_reversal(actor, reversal_id=_found(reversal_id).pk, compared=compared)
    messages.info(request, _("You withdrew reversal %(number)s. Nothing is taken back.") % {"number": reversal_id})
    return redirect("allocations:reversal", reversal_id=reversal_id)


@action
def resume(request: HttpRequest, actor: Actor, reversal_id: int) -> HttpResponseBase:
    reversals.resume_reversal(actor, reversal_id=_found(reversal_id).pk)
    messages.info(request, _("Reversal %(number)s goes on %(when)s.") % {"number": reversal_id, "when": when(hold())})
    return redirect("allocations:reversal", reversal_id=reversal_id)


def _found(reversal_id: int) -> Reversal:
    found = reversal_of(reversal_id)
    if found is None:
        raise Http404(f"There is no reversal {reversal_id}.")
    return found
