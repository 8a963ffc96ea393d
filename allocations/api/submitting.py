"""The way to approval: warnings let go with a reason, submission, withdrawal.

Approving is not here, nor anything else that people decide.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Header, Router, Schema
from pydantic import AwareDatetime, ConfigDict

from allocations.api.documents import CHANGE_ANSWERS, OnceMet
from allocations.api.door import Call, needs
from allocations.api.once import Keep, as_read, once, once_changed
from allocations.api.paging import Id
from allocations.api.shapes import BatchOut
from allocations.api.texts import Text
from allocations.domain.accepting import LONGEST_REASON, Found
from allocations.domain.api_tokens import Scope
from allocations.models import Acceptance, Batch
from allocations.selectors.accepting import warning_of
from allocations.services import accepting, submission
from allocations.services.repeats import Answer

router = Router(tags=["Submission"])


class Accepted(Schema):
    """A kind of warning, in as many rows as you read of, and why they are right as they are: the approver reads it."""

    model_config = ConfigDict(extra="forbid")

    code: Text = Field(max_length=40)
    rows: int = Field(ge=1, le=2**31 - 1)
    reason: Text = Field(min_length=1, max_length=LONGEST_REASON)


class Wish(Schema):
    """`start_at`: when the run shall begin, at once without it. `repeats`: the batches that give the same points too,
    which the refusal has named, and why they are given again."""

    model_config = ConfigDict(extra="forbid")

    start_at: AwareDatetime | None = None
    repeats: list[int] = Field([], max_length=1000)
    repeat_reason: Text = Field("", max_length=LONGEST_REASON)


@router.post(
    "/batches/{batch_id}/accept", response={200: BatchOut, **CHANGE_ANSWERS}, summary="Accept", **needs(Scope.WRITE)
)
def accept(request: Call, batch_id: Id, what: Accepted, sent: Header[OnceMet]) -> HttpResponse:
    """Lets a kind of warning go. It covers the rows that have it now."""
    return once_changed(request, batch_id, lambda: _accept(request, batch_id, what), sent=sent)


def _accept(request: Call, batch_id: int, what: Accepted) -> None:
    found = warning_of(batch_id, what.code)
    before = Acceptance.objects.filter(batch_id=batch_id, code=what.code).first()
    accepting.accept_warnings(
        request.auth.actor,
        batch_id=batch_id,
        shown=Found(what.code, what.rows, found.newest if found else 0),
        reason=what.reason,
        instead_of=before.pk if before else None,
    )


@router.post(
    "/batches/{batch_id}/submit", response={200: BatchOut, **CHANGE_ANSWERS}, summary="Submit", **needs(Scope.SUBMIT)
)
def submit(request: Call, batch_id: Id, wish: Wish, sent: Header[OnceMet]) -> HttpResponse:
    """Freezes the rows that are not left out, and asks for approval by somebody else."""
    get_object_or_404(Batch, pk=batch_id)
    answer = Answer(wish.repeat_reason, frozenset(wish.repeats))
    act = partial(submission.submit_batch, start_at=wish.start_at, answer=answer)
    return _decided(request, batch_id, act, sent=sent)


@router.post(
    "/batches/{batch_id}/withdraw",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Withdraw",
    **needs(Scope.SUBMIT),
)
def withdraw(request: Call, batch_id: Id, sent: Header[OnceMet]) -> HttpResponse:
    """Takes a submitted batch back to review. Nothing was sent."""
    get_object_or_404(Batch, pk=batch_id)
    return _decided(request, batch_id, submission.withdraw_batch, sent=sent)


def _decided(request: Call, batch_id: int, act: Callable[..., Batch], *, sent: OnceMet) -> HttpResponse:
    """By a service with a transaction of its own, in which the answer is kept."""

    def decide(_name: UUID, keep: Keep) -> None:
        act(request.auth.actor, batch_id=batch_id, unchanged_since=as_read(batch_id, sent), also=keep)

    return once(request, decide, sent=sent)
