"""The life of a run: created by an approval, planned, paused, resumed, settled."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from allocations import queue
from allocations.domain import policy
from allocations.domain.calls import CallResult, consequence
from allocations.domain.canary import Canary
from allocations.domain.errors import StateConflict
from allocations.domain.pauses import Pause, is_grave, outranks, sentence
from allocations.domain.policy import Actor
from allocations.domain.schedule import start_text
from allocations.domain.states import RUN, RunEvent, RunState, move, sources
from allocations.gateway import Gateway, database_now
from allocations.gateway.tokens import allow_one_more_login
from allocations.models import Account, Batch, Chunk, Run
from allocations.models.runs import ChunkState
from allocations.services import trail
from allocations.services.contract import check_looked_at

COUNTERS = ("pending", "sending", "credited", "failed", "unknown", "disputed", "cancelled")
UNPAUSED: dict[str, Any] = {
    "pause_code": "",
    "pause_text": "",
    "paused_at": None,
    "next_action_at": None,
    "stop_requested_at": None,
}
# The last call ended well and nothing waits: another good end changes nothing.
CALM: dict[str, Any] = {"streak_kind": CallResult.ROWS, "streak": 0, "next_action_at": None}
POINTS = ("credited_points", "failed_points", "unknown_points")


def create_run(
    batch: Batch, *, actor: Actor, now: datetime, parent: Run | None = None, start_at: datetime | None = None
) -> Run:
    """A queued run in the caller's transaction; the doorbell rings after its commit, or the sweeper at `start_at`."""
    run = Run.objects.create(
        batch=batch,
        parent=parent,
        generation=parent.generation + 1 if parent else 1,
        started_by_id=actor.id,
        created_at=now,
        start_at=start_at,
    )
    trail.write_entry(
        "run created",
        at=now,
        object_type="run",
        object_id=run.pk,
        batch_id=batch.pk,
        actor=actor,
        parent=run.parent_id,
        start_at=start_text(start_at),
    )
    queue.ring_run(run.pk)
    return run


def advance(run: Run, event: RunEvent, *, now: datetime, actor: Actor | None = None, **changes: object) -> bool:
    """Moves the run if it still is in a state that knows the event; writes the trail. False: somebody was faster."""
    states = sources(RUN, event)
    current = Run.objects.filter(pk=run.pk).values_list("state", flat=True).first()
    if current not in states:
        return False
    target = move(RUN, RunState(current), event)
    if not Run.objects.filter(pk=run.pk, state=current).update(state=target, **changes):
        return False
    trail.write_entry(
        f"run {event}",
        at=now,
        object_type="run",
        object_id=run.pk,
        batch_id=run.batch_id,
        actor=actor,
        **{"from": current, "to": target, "why": changes.get("pause_code", "")},
    )
    return True


def pause_by_itself(run: Run, pause: Pause, *, now: datetime, detail: str = "") -> None:
    """The portal stops sending and says why; in the caller's transaction."""
    if not is_grave(pause) and Run.objects.filter(pk=run.pk, cancelled_at__isnull=False).exists():
        # It sends nothing more, so there is nothing to hold up but its look-ups.
        return
    why: dict[str, Any] = {"pause_code": pause.value, "pause_text": sentence(pause, detail)}
    if not advance(run, RunEvent.PAUSE, now=now, paused_at=now, next_action_at=None, **why):
        _change_reason(run, pause, why, now=now)


def _change_reason(run: Run, pause: Pause, why: dict[str, Any], *, now: datetime) -> None:
    """The run is paused already, by a click during the call or by another lane: the graver reason is shown."""
    paused = Run.objects.filter(pk=run.pk, state=RunState.PAUSED)
    former = paused.values_list("pause_code", flat=True).first()
    if former and outranks(pause, Pause(former)) and paused.filter(pause_code=former).update(**why):
        trail.write_entry(
            "run pause reason changed",
            at=now,
            object_type="run",
            object_id=run.pk,
            batch_id=run.batch_id,
            former=former,
            why=pause.value,
        )


def pause_for_defect(run_id: int) -> None:
    """The portal itself failed on this run: stop, keep everything, tell people."""
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update().get(pk=run_id)
        pause_by_itself(run, Pause.DEFECT, now=database_now())


def read_steady(run_id: int) -> Run | None:
    """The run, which nobody changes before the end of this transaction; None while somebody is about to.

    It never waits, so it may come after other locks, and lanes do not wait for each other.
    """
    steady = " FOR SHARE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    found = Run.objects.raw(f"SELECT * FROM allocations_run WHERE id = %s{steady}", [run_id])  # noqa: S608 - constant
    return next(iter(found), None)


def after_call(run: Run, result: CallResult, retry_after: float | None, *, now: datetime, said: str = "") -> None:
    """The breakers: counts results alike in a row, waits or pauses; in the caller's transaction."""
    fresh = Run.objects.get(pk=run.pk)
    streak = fresh.streak if fresh.streak_kind == result else 0
    then = consequence(result, streak=streak, retry_after=retry_after)
    Run.objects.filter(pk=run.pk).update(
        streak_kind=result, streak=then.streak, next_action_at=now + then.wait if then.wait else None
    )
    if then.pause:
        pause_by_itself(run, then.pause, now=now, detail=said)


def pause_run(actor: Actor, *, run_id: int) -> None:
    """A person stops the sending: the call in flight ends, nothing new begins."""
    now = database_now()
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update().get(pk=run_id)
        policy.check_control_run(actor, RunState(run.state))
        text = sentence(Pause.BY_PERSON)
        changes = {"pause_code": Pause.BY_PERSON.value, "pause_text": text, "paused_at": now}
        if run.state != RunState.PAUSED and not advance(run, RunEvent.PAUSE, now=now, actor=actor, **changes):
            raise StateConflict(f"The run is “{run.state}”: it cannot be paused now.")


def stop_after_chunk(actor: Actor, *, run_id: int) -> None:
    """A person lets the chunks that are begun come to their end, unknown rows included, and nothing else begin."""
    now = database_now()
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(of=("self",)).select_related("batch__account").get(pk=run_id)
        policy.check_control_run(actor, RunState(run.state))
        if run.state == RunState.PAUSED or run.stop_requested_at:
            return
        if run.state == RunState.ATTENTION:
            raise StateConflict("The run sends nothing now: what is left waits for people.")
        run.stop_requested_at = now
        run.save(update_fields=["stop_requested_at"])
        trail.write_entry(
            "run stop requested", at=now, object_type="run", object_id=run.pk, batch_id=run.batch_id, actor=actor
        )
        if run.state == RunState.QUEUED:
            pause_by_itself(run, Pause.STOPPED, now=now)
        conclude(run, now=now)


def resume_run(actor: Actor, *, run_id: int) -> None:
    """A person has mended the cause. The breakers begin anew and a blocked login gets one more try."""
    now = database_now()
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(of=("self",)).select_related("batch").get(pk=run_id)
        policy.check_control_run(actor, RunState(run.state))
        if run.state in {RunState.RUNNING, RunState.QUEUED}:
            return
        if run.pause_code == Pause.CONTRACT:
            check_looked_at()
        if run.pause_code in {Pause.LOGIN, Pause.CONTRACT}:
            # A login whose answer drifted was refused as well.
            allow_one_more_login(now=now)
        Account.objects.filter(pk=run.batch.account_id).update(balance_stale=True)
        reopened = {"state": ChunkState.OPEN, "next_action_at": None, "lookups_failed": 0}
        Chunk.objects.filter(run=run, state=ChunkState.PEOPLE).update(**reopened)
        event = RunEvent.RESUME if run.started_at or run.cancelled_at else RunEvent.REQUEUE
        decided, failed = decided_rows(run)
        cleared = {
            **UNPAUSED,
            "streak": 0,
            "canary_checks": 0,
            "decided_before": decided,
            "failed_before": failed,
        }
        if run.pause_code == Pause.CANARY:
            cleared["canary"] = Canary.ACCEPTED
        if not advance(run, event, now=now, actor=actor, **cleared):
            raise StateConflict(f"The run is “{run.state}”: it cannot be resumed now.")
        queue.ring_run(run.pk)


def conclude_if_done(run_id: int, *, gateway: Gateway) -> None:
    """Settles a run without open chunks, says that the rest waits for people, or pauses where that was asked for."""
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(of=("self",)).select_related("batch__account").get(pk=run_id)
        conclude(run, now=gateway.clock())


def conclude(run: Run, *, now: datetime) -> None:
    """As conclude_if_done, in the caller's transaction and under its lock of the run."""
    chunks = Chunk.objects.filter(run=run)
    if run.state not in {RunState.RUNNING, RunState.ATTENTION}:
        return
    if (left := chunks.filter(state=ChunkState.OPEN)).exists():
        if run.stop_requested_at and not left.filter(attempts_used__gt=0).exists():
            pause_by_itself(run, Pause.STOPPED, now=now)
        return
    waiting = chunks.filter(state=ChunkState.PEOPLE).exists()
    event = RunEvent.NEED_PEOPLE if waiting else RunEvent.SETTLE
    closing = run.batch.account.balance if not run.batch.account.balance_stale else None
    settled_at = None if waiting else now
    advance(run, event, now=now, summary=totals_of(run), closing_balance=closing, settled_at=settled_at)


def decided_rows(run: Run) -> tuple[int, int]:
    """Rows of the run that were decided, and those of them that failed."""
    chunks = Chunk.objects.filter(run=run)
    summed = chunks.aggregate(credited=Sum("credited", default=0), failed=Sum("failed", default=0))
    return summed["credited"] + summed["failed"], summed["failed"]


def totals_of(run: Run) -> dict[str, int | str]:
    """The run's counters as they are now: rows by outcome, points as text with two decimals."""
    summed = Chunk.objects.filter(run=run).aggregate(
        rows=Sum("row_count"), **{name: Sum(name) for name in (*COUNTERS, *POINTS)}
    )
    rows = {name: int(summed[name] or 0) for name in ("rows", *COUNTERS)}
    return {**rows, **{name: f"{summed[name] or 0:.2f}" for name in POINTS}}
