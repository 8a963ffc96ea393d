"""Working off a run: chunk after chunk until nothing is due, the run stops, or the job's time is nearly up."""

from structlog.contextvars import bound_contextvars

from allocations import queue
from allocations.domain.states import RunState
from allocations.gateway import Gateway
from allocations.models import Run
from allocations.services import (
    balances,
    canaries,
    cancelling,
    drift,
    keeping,
    late_answers,
    leases,
    looking_up,
    planning,
    recovering,
    resolving,
    runs,
    sending,
    sweeping,
)


def drain_run(run_id: int, *, gateway: Gateway) -> bool:
    """True when there is more to do right now and the job only ran out of time: ring again."""
    gateway.watch.listen_for(run_id)
    keeping.take_late(gateway=gateway)
    late_answers.read_of_run(run_id, gateway=gateway)
    if recovering.guard(gateway=gateway):
        return looking_up.look_up_run(run_id, gateway=gateway)
    planning.begin_run(run_id, gateway=gateway)
    until = gateway.clock() + gateway.timing.job - gateway.timing.lease - gateway.timing.budget
    claim = _next_claim(run_id, gateway=gateway)
    if claim is not None:
        _call_another_worker(run_id, gateway=gateway)
    while claim is not None:
        try:
            with bound_contextvars(chunk=claim.chunk_id):
                work_on(claim, gateway=gateway)
            out_of_time = gateway.clock() > until or queue.leaving.is_set()
            # A database can be put back under a running worker.
            put_back = recovering.guard(gateway=gateway)
        except BaseException:
            leases.release(claim)
            raise
        if out_of_time or put_back:
            leases.release(claim)
            break
        claim = _next_claim(run_id, gateway=gateway, done=claim)
    balances.read_closing_balance(run_id, gateway=gateway)
    runs.conclude_if_done(run_id, gateway=gateway)
    return claim is not None and Run.objects.filter(pk=run_id, state=RunState.RUNNING).exists()


def _next_claim(run_id: int, *, gateway: Gateway, done: leases.Claim | None = None) -> leases.Claim | None:
    claim = leases.claim_next_chunk(run_id, gateway=gateway, done=done)
    if claim is None and canaries.verify_canary(run_id, gateway=gateway):
        claim = leases.claim_next_chunk(run_id, gateway=gateway)
        _call_another_worker(run_id, gateway=gateway)
    return claim


def _call_another_worker(run_id: int, *, gateway: Gateway) -> None:
    """One job is one lane. Whoever got a lane rings for the next one, if lane and work for it are free; a worker that
    comes in vain, or twice, finds nothing to claim. A lost ring is the sweeper's."""
    if sweeping.runs_with_work(gateway.clock()).filter(pk=run_id).exists():
        queue.ring_run(run_id)


def work_on(claim: leases.Claim, *, gateway: Gateway) -> None:
    """One claimed chunk: what a dead worker left, what a restore hides, what was cancelled, what is unknown, then what
    may be sent."""
    may_go = claim.fresh or _may_be_sent(claim, gateway=gateway)
    # A drifted look-up finds nothing: that is no reason to send anything again.
    if may_go and not drift.pause_if_heard(claim.run_id, gateway=gateway):
        sending.send_chunk(claim, gateway=gateway)
    drift.pause_if_heard(claim.run_id, gateway=gateway)


def _may_be_sent(claim: leases.Claim, *, gateway: Gateway) -> bool:
    resolving.recover_abandoned(claim, gateway=gateway)
    if not looking_up.look_up_first(claim, gateway=gateway):
        return False
    cancelling.withdraw_claimed(claim, gateway=gateway)
    return resolving.resolve_unknown(claim, gateway=gateway)
