"""A breaking drift of EnKash's answers: what works with them stops until somebody has looked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from allocations.domain.pauses import Pause
from allocations.enkash.contract.shapes import Found
from allocations.enkash.contract.wording import sentence, sentences
from allocations.gateway import Gateway
from allocations.models import Run
from allocations.services import leases, runs, trail


def pause_if_heard(run_id: int, *, gateway: Gateway) -> bool:
    """Whether an answer that was read for the run since the last question breaks the contract; then it pauses.

    Asked before anything is believed to be absent, and before anything is sent.
    """
    broken = gateway.watch.take_broken()
    if not broken:
        return False
    with transaction.atomic(durable=True):
        pause_for(leases.lock_run(run_id), broken, now=gateway.clock())
    return True


def pause_for(run: Run, broken: Sequence[Found], *, now: datetime) -> None:
    """In the caller's transaction: the pause, and in the trail what it was for."""
    runs.pause_by_itself(run, Pause.CONTRACT, now=now, detail=sentences(broken))
    trail.write_entry(
        "answer drifted",
        at=now,
        object_type="run",
        object_id=run.pk,
        batch_id=run.batch_id,
        differences=[sentence(one) for one in broken],
    )
