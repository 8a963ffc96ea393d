"""What the frame of every page shows."""

from dataclasses import dataclass

from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run


@dataclass(frozen=True, slots=True)
class OpenWork:
    approvals: int
    runs: int


def open_work() -> OpenWork:
    """Batches awaiting approval and runs that have not ended."""
    return OpenWork(
        approvals=Batch.objects.filter(state=BatchState.SUBMITTED).count(),
        runs=Run.objects.exclude(state=RunState.SETTLED).count(),
    )
