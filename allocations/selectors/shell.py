"""What the frame of every page shows."""

from dataclasses import dataclass
from datetime import datetime

from allocations.domain.reversals import OPEN
from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Chunk, Installation, Reversal, Run
from allocations.selectors.exceptions import waiting_count


@dataclass(frozen=True, slots=True)
class OpenWork:
    approvals: int
    runs: int
    exceptions: int = 0
    reversals: int = 0


def open_work() -> OpenWork:
    """Batches awaiting approval, runs and reversals that have not ended, rows that wait for people."""
    return OpenWork(
        approvals=Batch.objects.filter(state=BatchState.SUBMITTED).count(),
        runs=Run.objects.exclude(state=RunState.SETTLED).count(),
        exceptions=waiting_count(),
        reversals=Reversal.objects.filter(state__in=OPEN).count(),
    )


@dataclass(frozen=True, slots=True)
class Recovery:
    """The portal recovers from a restore. `calls_left`: whose rows are still to be looked up."""

    since: datetime
    calls_left: int


def recovery() -> Recovery | None:
    """None in ordinary times."""
    known = Installation.objects.filter(recovering_since__isnull=False).first()
    if known is None or known.recovering_since is None:
        return None
    left = Chunk.objects.filter(must_look_up=True).exclude(run__state=RunState.SETTLED)
    return Recovery(known.recovering_since, left.count())
