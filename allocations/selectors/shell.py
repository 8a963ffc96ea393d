"""What the frame of every page shows."""

from dataclasses import dataclass

from allocations.domain.reversals import OPEN
from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Reversal, Run


@dataclass(frozen=True, slots=True)
class OpenWork:
    approvals: int
    runs: int
    reversals: int = 0


def open_work() -> OpenWork:
    """Batches awaiting approval, and runs and reversals that have not ended."""
    return OpenWork(
        approvals=Batch.objects.filter(state=BatchState.SUBMITTED).count(),
        runs=Run.objects.exclude(state=RunState.SETTLED).count(),
        reversals=Reversal.objects.filter(state__in=OPEN).count(),
    )
