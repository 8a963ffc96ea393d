"""A chunk for which the points may not suffice: it waits for calls that may give some back, or its run pauses."""

from datetime import datetime, timedelta

from django.db import transaction

from allocations.domain.numerals import grouped
from allocations.domain.pauses import Pause
from allocations.gateway import Gateway
from allocations.models import Attempt, Chunk
from allocations.services import balances, leases, runs, trail
from allocations.services.balances import Funds
from allocations.services.leases import Claim

# How long a chunk waits for the answers of other lanes, and for a call that nobody ends.
OTHER_LANES = timedelta(seconds=5)
NOBODY = timedelta(minutes=5)


def wait_for_points(chunk: Chunk, wanted: int, funds: Funds, *, claim: Claim, gateway: Gateway) -> None:
    """Enough only if calls in flight fail: they will tell. Not enough in any case: people top up."""
    now = gateway.clock()
    if funds.balance >= wanted:
        call = balances.abandoned_call(chunk.run.batch.account_id, now=now, timing=gateway.timing)
        with transaction.atomic(durable=True):
            leases.postpone(claim, now + (NOBODY if call else OTHER_LANES))
            if call:
                _tell(chunk, call, now=now)
        return
    balance, needed = grouped(int(funds.balance)), grouped(int(wanted))
    detail = f"balance {balance} points, the next {chunk.row_count} rows need {needed}"
    with transaction.atomic(durable=True):
        runs.pause_by_itself(chunk.run, Pause.BALANCE, now=now, detail=detail)


def _tell(chunk: Chunk, call: Attempt, *, now: datetime) -> None:
    """The other run is paused, say, so nobody looks after its call until a balance shows what became of it."""
    trail.write_entry(
        "chunk waits for a call of another run",
        at=now,
        object_type="chunk",
        object_id=chunk.pk,
        batch_id=chunk.run.batch_id,
        waits_for_run=call.chunk.run_id,
        points=call.points,
    )
