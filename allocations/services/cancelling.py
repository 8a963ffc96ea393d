"""Cancelling what a run has not sent. What has been sent is looked up until it is known, and never sent again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from allocations import gateway as gateways
from allocations import queue
from allocations.domain import policy
from allocations.domain.decisions import Decision, ProposalState
from allocations.domain.errors import StateConflict
from allocations.domain.outcomes import Evidence, Outcome, Reason
from allocations.domain.policy import Actor
from allocations.domain.states import ROW, AttemptState, RowEvent, RowState, RunEvent, RunState, move
from allocations.gateway import Gateway, database_now
from allocations.models import AttemptRow, Chunk, ProposalRow, Row, Run
from allocations.models.runs import ChunkState
from allocations.services import leases, outcomes, planning, recovering, runs, trail

# So many chunks within the click; a worker claims and cancels the rest.
AT_ONCE = 200


def cancel_run(actor: Actor, *, run_id: int) -> None:
    """From its commit on nothing of the run is sent. A call that is with EnKash now comes to its end."""
    # Or rows would be called never sent that went out after the backup which somebody has put back.
    recovering.guard(gateway=gateways.build())
    now = database_now()
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(of=("self",)).select_related("batch__account").get(pk=run_id)
        if run.cancelled_at is not None:
            return
        policy.check_cancel_run(actor, RunState(run.state))
        _insist_on_known_chunks(run)
        changes = {**runs.UNPAUSED, "cancelled_at": now, "cancelled_by": actor.id}
        runs.advance(run, RunEvent.CANCEL, now=now, actor=actor, **changes)
        run.refresh_from_db()
        if not run.chunks.exists():
            _hold_unplanned(run)
        _withdraw(run, _unheld_chunks(run, now=now), now=now, actor=actor)
        runs.conclude(run, now=now)
        queue.ring_run(run.pk)


def withdraw_claimed(claim: leases.Claim, *, gateway: Gateway) -> None:
    """The same for a claimed chunk, if its run was cancelled meanwhile."""
    now = gateway.clock()
    if not Run.objects.filter(pk=claim.run_id, cancelled_at__isnull=False).exists():
        return
    with transaction.atomic(durable=True):
        run = leases.lock_run(claim.run_id)
        if leases.still_mine(claim):
            _withdraw(run, [claim.chunk_id], now=now)


def _insist_on_known_chunks(run: Run) -> None:
    if recovering.under_way() and not run.chunks.exists():
        raise StateConflict(
            "The portal is finding out what was sent before a restore. Pause the run, and cancel it when that is over."
        )


def _hold_unplanned(run: Run) -> None:
    """A run that never began has no chunks. As nothing of it is sent, one holds all its rows; but what a restore may
    hide has to be looked up first, in chunks as they would be sent."""
    if recovering.must_be_looked_up(run.batch):
        planning.plan_chunks(run)
        return
    pending = Row.objects.filter(batch_id=run.batch_id, state=RowState.PENDING)
    former = set(pending.filter(chunk__isnull=False).order_by().values_list("chunk_id", flat=True))
    leases.lock_chunks(former)
    whole = pending.aggregate(rows=Count("pk"), points=Sum("amount", default=0))
    chunk = Chunk.objects.create(run=run, number=1, row_count=whole["rows"], points=whole["points"])
    pending.update(chunk=chunk)
    outcomes.recount({chunk.pk, *former})


def _unheld_chunks(run: Run, *, now: datetime) -> list[int]:
    """Chunks with pending rows that no worker works on. What a worker holds, or has to look up first, it withdraws
    itself."""
    holding = Chunk.objects.filter(leases.free(now), run=run, pending__gt=0, must_look_up=False).order_by("number")
    return list(holding.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])


def _withdraw(run: Run, chunk_ids: Sequence[int], *, now: datetime, actor: Actor | None = None) -> None:
    """Failed before the re-run: failed as before. Never sent: cancelled. Else a call may have arrived: unknown."""
    pending = Row.objects.filter(chunk_id__in=chunk_ids, state=RowState.PENDING)
    # First: after a restore, people call rows failed of which no try is known here.
    failed = _stand_as_failed(pending, now=now)
    cancelled = pending.filter(tries=0).update(state=move(ROW, RowState.PENDING, RowEvent.CANCEL), outcome_at=now)
    doubted = pending.update(
        state=move(ROW, RowState.PENDING, RowEvent.DOUBT), reason_code=Reason.CANCELLED_AFTER_A_CALL, outcome_at=now
    )
    if not cancelled + failed + doubted:
        return
    outcomes.recount(chunk_ids)
    doubtful = Chunk.objects.filter(pk__in=chunk_ids, unknown__gt=0)
    doubtful.filter(quiet_since__isnull=True).update(quiet_since=now)
    if doubted:
        doubtful.update(state=ChunkState.OPEN, next_action_at=None, lookups_failed=0)
    trail.write_entry(
        "rows cancelled",
        at=now,
        object_type="run",
        object_id=run.pk,
        batch_id=run.batch_id,
        actor=actor,
        cancelled=cancelled,
        failed_as_before=failed,
        to_be_looked_up=doubted,
    )


def _stand_as_failed(pending: QuerySet[Row], *, now: datetime) -> int:
    """Rows of a re-run that failed before it, with what EnKash or two people said then: nothing was sent since."""
    stand: dict[str, Any] = {"state": move(ROW, RowState.PENDING, RowEvent.STAND), "outcome_at": now}
    said = {name: _newest_call("pk", name) for name in ("evidence", "reason_code", "reason")}
    failed = pending.alias(outcome=_newest_call("pk", "outcome")).filter(outcome=Outcome.FAILED).update(**stand, **said)
    decisions = ProposalRow.objects.filter(
        row=OuterRef("pk"), proposal__state=ProposalState.CONFIRMED, proposal__outcome=Decision.FAILED
    )
    newest = decisions.alias(called_at=_newest_call("row", "attempt__sent_at"))
    since = newest.filter(Q(called_at=None) | Q(proposal__decided_at__gt=F("called_at")))
    decided = pending.filter(Exists(since))
    return failed + decided.update(**stand, evidence=Evidence.PEOPLE, reason_code=Reason.DECIDED_BY_PEOPLE)


def _newest_call(row: str, field: str) -> Subquery:
    """Of the newest call that may have reached EnKash with the row that `row` names."""
    calls = AttemptRow.objects.filter(row=OuterRef(row)).exclude(attempt__state=AttemptState.NOT_SENT)
    return Subquery(calls.order_by("-attempt_id").values(field)[:1])
