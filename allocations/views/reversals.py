"""Reversals: the list, one of them, and asking for points of a row."""

from typing import cast
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor, can_see_personal_data
from allocations.domain.restored import MAY_BE_REVERSED, MAY_BE_TAKEN_BACK
from allocations.domain.retention import ERASED
from allocations.domain.reversal_policy import can_decide, check_request
from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState
from allocations.forms.reversals import ApproveReversalForm, RejectReversalForm, ReversalForm
from allocations.forms.row_filters import number as number_of
from allocations.models import Reversal, Row
from allocations.presenters import passports, people, reversals
from allocations.presenters.holds import when
from allocations.presenters.numbers import points
from allocations.presenters.reasons import evidence_words
from allocations.selectors import reversals as reads
from allocations.selectors.approvals import facts_of, own_row_among
from allocations.selectors.holds import hold
from allocations.selectors.passports import passport_of
from allocations.selectors.restores import came_from_a_backup
from allocations.services.reversals import request_reversal
from allocations.views.gates import form_page, page
from allocations.views.step_up import step_up

PAGE = 50


@page
def list_reversals(request: HttpRequest, actor: Actor) -> HttpResponse:
    ended = list(reads.ended_reversals(before=number_of(request.GET.get("before", "")), limit=PAGE + 1))
    waiting = [
        (line, reversals.acts(line.reversal, actor, own_row=_own_row(line.reversal, actor)).why_not)
        for line in reversals.reversal_lines(list(reads.reversals_awaiting_approval()))
    ]
    context = {
        "waiting": waiting,
        "open": reversals.reversal_lines(list(reads.open_reversals())),
        "ended": reversals.reversal_lines(ended[:PAGE]),
        "older": ended[PAGE - 1].pk if len(ended) > PAGE else None,
    }
    return render(request, "allocations/reversals/page.html", context)


def _own_row(reversal: Reversal, actor: Actor) -> int | None:
    return own_row_among(Row.objects.filter(pk=reversal.row_id), user_id=actor.id)


@page
def reversal(request: HttpRequest, actor: Actor, reversal_id: int) -> HttpResponse:
    found = reads.reversal_of(reversal_id)
    if found is None:
        raise Http404(f"There is no reversal {reversal_id}.")
    return show(request, actor, found)


def show(
    request: HttpRequest,
    actor: Actor,
    found: Reversal,
    *,
    approve_form: ApproveReversalForm | None = None,
    reject_form: RejectReversalForm | None = None,
) -> HttpResponse:
    """The page of one reversal, with the form that was refused if there is one (422)."""
    batch_facts = facts_of(found.row.batch)
    in_full = can_see_personal_data(actor, batch_facts) or can_decide(actor, reads.facts_of(found))
    context = {
        "reversal": found,
        "row": found.row,
        "batch": found.row.batch,
        "in_full": in_full,
        "approve_form": approve_form,
        "reject_form": reject_form,
        "step_up": step_up(actor, cast("User", request.user), here=reverse("allocations:reversal", args=[found.pk])),
        "acts": reversals.acts(found, actor, own_row=_own_row(found, actor)),
        "restored": _restored(found.row),
        "may_be_reversed": _may_be_reversed(found),
        **_told(found, in_full=in_full),
    }
    refused = approve_form or reject_form
    return render(request, "allocations/reversals/reversal.html", context, status=422 if refused else 200)


def _told(found: Reversal, *, in_full: bool) -> dict[str, object]:
    held = hold()
    return {
        "status": reversals.reversal_status(ReversalState(found.state)),
        "sentence": people.for_reader(reversals.sentence(found), in_full),
        "next_step": reversals.next_step(found, now=timezone.now(), hold=held),
        "called": when(held, otherwise="at once"),
        "explanation": reversals.explain(found.doubt),
        "evidence": evidence_words(found.evidence),
        "story": reversals.story(found),
        "contact": passports.contact(found.row, in_full=in_full),
        "takings": reads.row_takings(found.row),
        "attempts": [(attempt, reversals.call_words(attempt)) for attempt in reads.attempts_of(found)],
    }


@form_page
def reverse_row(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponseBase:
    """Ask for points of one credited row: all that can still be taken back unless less is entered."""
    passport = passport_of(batch_id, number)
    if passport is None:
        raise Http404(f"Batch {batch_id} has no row {number}.")
    check_request(actor, RowState(passport.row.state), is_erased=passport.row.payload_hash == ERASED)
    if request.method != "POST":
        left = int(passport.row.credited_amount or 0) - reads.taken_points(passport.row)
        return _form(request, actor, passport.row, ReversalForm(initial={"amount": left, "form_key": uuid4()}))
    form = ReversalForm(request.POST)
    if not form.is_valid():
        return _form(request, actor, passport.row, form)
    try:
        asked = request_reversal(actor, row_id=passport.row.pk, **form.cleaned_data)
    except InvalidInput as error:
        form.add_error("amount", error.sentence)
        return _form(request, actor, passport.row, form)
    said = {"points": points(asked.amount)}
    messages.info(request, _("You asked for %(points)s back. Another person must approve it.") % said)
    return redirect("allocations:reversal", reversal_id=asked.pk)


def _form(request: HttpRequest, actor: Actor, row: Row, form: ReversalForm) -> HttpResponse:
    in_full = can_see_personal_data(actor, facts_of(row.batch))
    context = {
        "form": form,
        "row": row,
        "batch": row.batch,
        "in_full": in_full,
        "contact": passports.contact(row, in_full=in_full),
        "takings": reads.row_takings(row),
        "restored": _restored(row),
    }
    return render(request, "allocations/reversals/request.html", context, status=422 if form.errors else 200)


def _may_be_reversed(reversal: Reversal) -> str:
    """What somebody has to do who would close it, or "": then nothing of it can be lost."""
    is_open = reversal.state in {ReversalState.PROPOSED, ReversalState.APPROVED}
    return _(MAY_BE_REVERSED) if is_open and came_from_a_backup(reversal.requested_at) else ""


def _restored(row: Row) -> str:
    return MAY_BE_TAKEN_BACK if came_from_a_backup(row.batch.created_at) else ""
