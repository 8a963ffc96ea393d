"""What the frame of every page shows."""

from dataclasses import dataclass

from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run
from allocations.selectors.exceptions import waiting_count


@dataclass(frozen=True, slots=True)
class OpenWork:
    approvals: int
    runs: int
    exceptions: int


def open_work() -> OpenWork:
    """Batches awaiting approval, runs that have not ended, rows that wait for people."""
    return OpenWork(
        approvals=Batch.objects.filter(state=BatchState.SUBMITTED).count(),
        runs=Run.objects.exclude(state=RunState.SETTLED).count(),
        exceptions=waiting_count(),
    )
