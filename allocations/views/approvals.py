"""The approval queue, the approval page and its two decisions."""

from typing import cast

from django.contrib.auth.models import User
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from allocations.domain.policy import Actor, can_export, can_see_personal_data
from allocations.domain.roster import check_settled_in
from allocations.domain.states import BatchState
from allocations.exports.approval_sheet import MOST_ROWS, holds_all
from allocations.models import Batch
from allocations.presenters import votes
from allocations.presenters.approval_sheets import what_is_signed, who_signs
from allocations.presenters.approver_groups import why_not_count
from allocations.presenters.bars import BAR_X
from allocations.presenters.passports import details
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.selectors import approvals as reads
from allocations.selectors.accepting import to_be_seen
from allocations.selectors.approval_policies import in_force
from allocations.selectors.batch_pages import batches_with_people
from allocations.selectors.passports import passport_of
from allocations.selectors.questions import open_question_counts, open_questions
from allocations.selectors.roster import approver_since
from allocations.selectors.samples import must_be_opened, opened_rows, sample_of
from allocations.views.gates import page
from allocations.views.step_up import step_up
from allocations.views.threads import thread_context


@page
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    now, agreed = timezone.now(), in_force().number
    found, asked = reads.batches_awaiting_approval(), open_question_counts()
    waiting = [
        votes.waiting(batch, actor, in_force=agreed, open_questions=asked.get(batch.pk, 0), now=now) for batch in found
    ]
    context = {"awaiting": AWAITING_APPROVAL, "waiting": waiting, "votes": reads.latest_votes(10)}
    return render(request, "allocations/approvals/page.html", context)


@page
def batch_approval(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """The sheet that an approver signs. Once the batch is decided there is nothing to sign: its own page follows."""
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    if batch.state != BatchState.SUBMITTED:
        return redirect("allocations:batch", batch_id=batch.pk)
    return sheet(request, actor, batch)


def sheet(
    request: HttpRequest,
    actor: Actor,
    batch: Batch,
    **refused: Form,
) -> HttpResponse:
    """The approval page, with the form that was refused if there is one (422), by its name in the templates."""
    in_full = can_see_personal_data(actor, reads.facts_of(batch))
    context = {
        "batch": batch,
        "awaiting": AWAITING_APPROVAL,
        **refused,
        **vars(what_is_signed(batch, in_full=in_full, now=timezone.now())),
        "bar_x": BAR_X,
        "may_export": can_export(actor),
        "most_sheet_rows": MOST_ROWS,
        "sheet_holds_all": holds_all(batch),
        **door_context(request, batch, actor),
        **sample_context(batch, actor, shown=request.GET.get("sample", "")),
        **thread_context(batch, actor),
    }
    return render(request, "allocations/approvals/sheet.html", context, status=422 if refused else 200)


def sample_context(batch: Batch, actor: Actor, *, shown: str) -> dict[str, object]:
    """The rows to be opened. `shown`: the number of the one whose details are open, if this person has opened it."""
    sample, opened = sample_of(batch), opened_rows(batch, actor.id)
    must = must_be_opened(batch, sample)
    number = int(shown) if shown.isascii() and shown.isdecimal() else 0
    passport = passport_of(batch.pk, number) if number in opened else None
    in_full = can_see_personal_data(actor, reads.facts_of(batch))
    return {
        "sample": sample,
        "opened": opened,
        "must_open": len(must),
        "have_opened": len(must & opened),
        "unopened": votes.unopened(must, opened),
        "shown": number,
        "details": details(passport, in_full=in_full) if passport else None,
    }


def door_context(request: HttpRequest, batch: Batch, actor: Actor) -> dict[str, object]:
    """What decides whether the page has a form to approve."""
    here = reverse("allocations:batch-approval", args=[batch.pk])
    return {
        "effect": votes.effect(batch, committed=reads.committed_points(batch.account)),
        "outside": why_not_count(actor, batch, now=timezone.now()),
        "unanswered": votes.unanswered(open_questions(batch).count()),
        "to_tick": len(to_be_seen(batch)),
        "step_up": step_up(actor, cast("User", request.user), here=here),
        **_who_signs(batch, actor),
    }


def _who_signs(batch: Batch, actor: Actor) -> dict[str, object]:
    facts, now = reads.facts_of(batch), timezone.now()
    return {
        "why_not": votes.why_not(actor, facts) or reason_of(check_settled_in, approver_since(actor.id), now=now),
        "is_maker": actor.id in facts.maker_ids,
        **vars(who_signs(batch, now=now)),
    }
