"""What became of the rows of a run or a batch, added up from the counters of its chunks."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from allocations.domain.states import RunState
from allocations.models import Batch, Chunk, Run

ROW_COUNTERS = ("pending", "sending", "credited", "failed", "unknown", "disputed", "cancelled")
POINT_COUNTERS = ("credited_points", "failed_points", "unknown_points")


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows by outcome, and points. `rows` is what the chunks were planned for; the parts should add up to it."""

    rows: int = 0
    pending: int = 0
    sending: int = 0
    credited: int = 0
    failed: int = 0
    unknown: int = 0
    disputed: int = 0
    cancelled: int = 0
    credited_points: Decimal = Decimal(0)
    failed_points: int = 0
    unknown_points: int = 0

    @property
    def parts(self) -> int:
        return sum(getattr(self, name) for name in ROW_COUNTERS)

    @property
    def decided(self) -> int:
        return self.credited + self.failed + self.cancelled


def run_totals(run: Run) -> Totals:
    """A run's own figures. Once it has settled they are its summary: a re-run takes rows away from its chunks.

    Before it has begun no chunk is planned; it is to send whatever of the batch is pending.
    """
    if run.state == RunState.QUEUED:
        waiting = batch_totals(run.batch).pending
        return Totals(rows=waiting, pending=waiting)
    if run.state == RunState.SETTLED and run.summary:
        return _from_summary(run.summary)
    return _add_up(Chunk.objects.filter(run=run))


def batch_totals(batch: Batch) -> Totals:
    """Where the batch's submitted rows stand now, over all its runs. Left-out rows are not among them."""
    rows = batch.row_count - batch.left_out_count
    added = _add_up(Chunk.objects.filter(run__batch=batch))
    if added.parts == 0:
        return Totals(rows=rows, pending=rows)
    return replace(added, rows=rows)


def _add_up(chunks: QuerySet[Chunk]) -> Totals:
    counters = (*ROW_COUNTERS, *POINT_COUNTERS)
    sums = chunks.aggregate(rows=Sum("row_count", default=0), **{name: Sum(name, default=0) for name in counters})
    return Totals(**{**sums, "credited_points": Decimal(sums["credited_points"])})


def _from_summary(summary: dict[str, Any]) -> Totals:
    """JSON has no decimals, so points with paise come as text."""
    known = {name: int(Decimal(str(value))) for name, value in summary.items() if name in _WHOLE}
    return Totals(**known, credited_points=Decimal(str(summary.get("credited_points", 0))))


_WHOLE = {"rows", *ROW_COUNTERS, "failed_points", "unknown_points"}
