"""Chunks of a restored database: every open row is looked up at EnKash before any of them is sent."""

from collections.abc import Sequence

from django.db import transaction

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.pauses import Pause
from allocations.domain.recovery import after_restore
from allocations.domain.states import RowState, RunState
from allocations.enkash.errors import EnkashError, LoginBlocked, LoginRefused
from allocations.gateway import Gateway
from allocations.models import Chunk, Row, Run
from allocations.services import drift, leases, outcomes, recovering, resolving, runs
from allocations.services.leases import Claim, postpone, still_mine

_OPEN = (RowState.PENDING, RowState.UNKNOWN)


def look_up_run(run_id: int, *, gateway: Gateway) -> bool:
    """While the portal recovers: looks up the run's marked chunks that are due. True: there is more to do now."""
    until = gateway.clock() + gateway.timing.job - gateway.timing.lease - gateway.timing.budget
    answered = True
    claim = leases.claim_to_look_up(run_id, gateway=gateway)
    while claim is not None:
        try:
            resolving.recover_abandoned(claim, gateway=gateway)
            answered = look_up_first(claim, gateway=gateway)
        finally:
            leases.release(claim)
        # Without an answer the next chunk would get none either.
        if not answered or gateway.clock() > until:
            break
        claim = leases.claim_to_look_up(run_id, gateway=gateway)
    runs.conclude_if_done(run_id, gateway=gateway)
    recovering.end_if_done(gateway=gateway)
    return answered and claim is not None


def look_up_first(claim: Claim, *, gateway: Gateway) -> bool:
    """Whether the chunk may go on: it needs no look-up first, or has just had it."""
    chunk = Chunk.objects.select_related("run__batch__account").get(pk=claim.chunk_id)
    if not chunk.must_look_up:
        return True
    rows = list(Row.objects.filter(chunk=chunk, state__in=_OPEN).order_by("number"))
    quiet_until = chunk.quiet_since and chunk.quiet_since + gateway.timing.recovery.quiet
    if rows and quiet_until and gateway.clock() < quiet_until:
        # What a dead worker left in it has its own quiet time.
        postpone(claim, quiet_until)
        return False
    try:
        verdicts = resolving.look_up(chunk, rows, gateway=gateway) if rows else []
    except EnkashError as error:
        _try_later(claim, chunk, rows, error, gateway=gateway)
        drift.pause_if_heard(claim.run_id, gateway=gateway)
        return False
    if drift.pause_if_heard(claim.run_id, gateway=gateway):
        # What it does not show may be there all the same: as if EnKash had not answered.
        _try_later(claim, chunk, rows, None, gateway=gateway)
        return False
    with transaction.atomic(durable=True):
        leases.lock_run(claim.run_id)
        return still_mine(claim) and _apply(chunk, rows, verdicts, gateway=gateway)


def _try_later(claim: Claim, chunk: Chunk, rows: Sequence[Row], error: EnkashError | None, *, gateway: Gateway) -> None:
    """Without an answer nothing of the chunk is sent, however long that lasts, and its run need not ask at once."""
    now = gateway.clock()
    later = now + min(gateway.timing.recovery.quiet, resolving.LOOKUP_RETRY)
    with transaction.atomic(durable=True):
        leases.lock_run(claim.run_id)
        if not still_mine(claim):
            return
        postpone(claim, later)
        if isinstance(error, LoginRefused | LoginBlocked):
            runs.pause_by_itself(chunk.run, Pause.LOGIN, now=now, detail=error.message)
            return
        Run.objects.filter(pk=chunk.run_id, state=RunState.RUNNING).update(next_action_at=later)
        resolving.tell_look_up(chunk, rows, [], failed=1, now=now)


def _apply(chunk: Chunk, rows: Sequence[Row], verdicts: Sequence[Verdict | None], *, gateway: Gateway) -> bool:
    now, marked = gateway.clock(), Chunk.objects.filter(pk=chunk.pk)
    states = {row.pk: RowState(row.state) for row in rows}
    believed = [after_restore(verdict, states[verdict.row_id]) for verdict in verdicts if verdict]
    settled = [verdict for verdict in believed if verdict]
    found = outcomes.apply_verdicts(settled, now=now)
    resolving.tell_look_up(chunk, rows, settled, failed=0, now=now)
    if any(verdict.outcome is Outcome.ANOMALY for verdict in settled):
        runs.pause_by_itself(chunk.run, Pause.IMPOSSIBLE, now=now)
    done = found in {0, len(rows)}
    if done:
        marked.update(must_look_up=False, next_action_at=None)
    else:
        # Their request may still be running: the quiet time starts over, and the rest is looked up again.
        marked.update(quiet_since=now, next_action_at=now + gateway.timing.recovery.quiet)
    outcomes.recount([chunk.pk])
    return done
