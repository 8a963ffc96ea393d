"""What a confirmed decision does: outcomes onto rows, then chunks and runs as if EnKash had told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from allocations import queue
from allocations.domain.answers import Verdict
from allocations.domain.decisions import Decision
from allocations.domain.errors import StateConflict
from allocations.domain.outcomes import Evidence, Outcome, Reason
from allocations.domain.policy import Actor
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, RunEvent, RunState, move
from allocations.models import Attempt, Chunk, ExceptionOwner, Row, Run
from allocations.models.runs import ChunkState
from allocations.services import outcomes, runs
from allocations.services.doubts import Held


def apply_decision(
    held: Held, decision: Decision, transaction_ids: Mapping[int, str], *, actor: Actor, now: datetime
) -> None:
    """In the caller's transaction, under its locks. `transaction_ids` by row id."""
    verdicts = [_verdict(row, decision, transaction_ids[row.pk]) for row in held.rows.values()]
    if outcomes.apply_verdicts(verdicts, now=now) != len(verdicts):
        raise StateConflict("One of the rows was decided meanwhile. Open the page again to see where they stand.")
    if decision is Decision.FAILED:
        _resolve_attempts(held.rows)
    ExceptionOwner.objects.filter(row_id__in=held.rows).delete()
    outcomes.recount(held.chunk_ids)
    _conclude_chunks(held.chunk_ids)
    for run in Run.objects.filter(pk__in=Chunk.objects.filter(pk__in=held.chunk_ids).values("run_id")).order_by("pk"):
        _go_on(run, actor=actor, now=now)


def _verdict(row: Row, decision: Decision, transaction_id: str) -> Verdict:
    """What EnKash told of card, person and balances stays; so does the amount that it says it gave."""
    credited = decision is Decision.CREDITED
    return Verdict(
        row_id=row.pk,
        outcome=Outcome(decision.value),
        evidence=Evidence.PEOPLE,
        reason=None if credited else Reason.DECIDED_BY_PEOPLE,
        transaction_id=transaction_id,
        card_id=row.card_id,
        user_id=row.enkash_user_id,
        amount=Decimal(row.amount or 0) if row.credited_amount is None else row.credited_amount,
        account_balance=row.account_balance,
        user_balance=row.user_balance,
    )


def _resolve_attempts(row_ids: Iterable[int]) -> None:
    """Failed means that no call is open that could still credit the row: its quiet time is over."""
    lost = Attempt.objects.filter(rows__row_id__in=list(row_ids), state=AttemptState.UNKNOWN)
    Attempt.objects.filter(pk__in=list(lost.values_list("pk", flat=True)), state=AttemptState.UNKNOWN).update(
        state=move(ATTEMPT, AttemptState.UNKNOWN, AttemptEvent.RESOLVE)
    )


def _conclude_chunks(chunk_ids: Iterable[int]) -> None:
    """A chunk that waited for people and has no doubtful row left: done, or open again for rows that never went out.

    Transaction ids that are missing were looked up in vain before people were asked.
    """
    waited = Chunk.objects.filter(pk__in=list(chunk_ids), state=ChunkState.PEOPLE, sending=0, unknown=0, disputed=0)
    waited.filter(pending__gt=0).update(state=ChunkState.OPEN, next_action_at=None, lookups_failed=0)
    waited.filter(pending=0).update(state=ChunkState.DONE, next_action_at=None)


def _go_on(run: Run, *, actor: Actor, now: datetime) -> None:
    """A run that waited only for this ends, or sends what is left. A paused one waits for its resume."""
    if run.chunks.filter(state=ChunkState.OPEN).exists():
        if run.state == RunState.ATTENTION and runs.advance(run, RunEvent.RESUME, now=now, actor=actor):
            queue.ring_run(run.pk)
        return
    runs.conclude(run, now=now)
