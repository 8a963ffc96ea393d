"""Runs as people watch them: the list, and one run with its newest calls and open questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from allocations.domain.outcomes import Evidence, Outcome
from allocations.domain.states import RowState, RunState
from allocations.models import Attempt, AttemptRow, Chunk, Row, Run
from allocations.models.runs import ChunkState


def open_runs() -> QuerySet[Run]:
    return _runs().exclude(state=RunState.SETTLED)


def settled_runs(*, before: int | None, limit: int) -> QuerySet[Run]:
    """Newest first; `before` is the id that the page before ended with."""
    runs = _runs().filter(state=RunState.SETTLED)
    return (runs.filter(id__lt=before) if before else runs).order_by("-id")[:limit]


def _runs() -> QuerySet[Run]:
    return Run.objects.select_related("batch", "batch__account", "started_by").order_by("-id")


def run_of(run_id: int) -> Run | None:
    people = ("batch__approved_by", "batch__submitted_by", "batch__uploaded_by", "cancelled_by")
    return _runs().select_related(*people).filter(pk=run_id).first()


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    """How far a run is, in chunks. `next_at`: when a waiting chunk is worked on next."""

    total: int
    done: int
    people: int
    next_at: datetime | None


def chunk_counts(run: Run) -> ChunkCounts:
    counts = Chunk.objects.filter(run=run).aggregate(
        total=Count("id"),
        done=Count("id", filter=Q(state=ChunkState.DONE)),
        people=Count("id", filter=Q(state=ChunkState.PEOPLE)),
        next_at=Min("next_action_at", filter=Q(state=ChunkState.OPEN)),
    )
    return ChunkCounts(**counts)


def latest_attempts(run: Run, limit: int) -> QuerySet[Attempt]:
    """Newest calls first, without the raw answers."""
    calls = Attempt.objects.filter(chunk__run=run).select_related("chunk").defer("body", "headers")
    return calls.order_by("-id")[:limit]


@dataclass(frozen=True, slots=True)
class CallCounts:
    """One call's own rows. `credited` and `failed` are what its answer said; the rest is what became since of those it
    did not decide: `again` went out once more, so what came of them belongs to a later call."""

    credited: int = 0
    failed: int = 0
    found_credited: int = 0
    found_failed: int = 0
    by_people: int = 0
    again: int = 0
    open: int = 0


_DECIDED = (Outcome.CREDITED, Outcome.FAILED)
_OPEN = (RowState.PENDING, RowState.SENDING, RowState.UNKNOWN, RowState.CONFLICT, RowState.ANOMALY)


def call_counts(calls: Iterable[Attempt]) -> dict[int, CallCounts]:
    """By the call's id. A row that several calls held is counted as found in the last one only."""
    later = AttemptRow.objects.filter(row=OuterRef("row"), attempt_id__gt=OuterRef("attempt_id"))
    undecided = ~Q(outcome__in=_DECIDED)
    left = undecided & Q(~Exists(later))
    found = left & Q(row__evidence=Evidence.LOOK_UP)
    counted = (
        AttemptRow.objects.filter(attempt__in=[call.pk for call in calls])
        .order_by()
        .values_list("attempt_id")
        # In the order of CallCounts.
        .annotate(
            credited=Count("id", filter=Q(outcome=Outcome.CREDITED)),
            failed=Count("id", filter=Q(outcome=Outcome.FAILED)),
            found_credited=Count("id", filter=found & Q(row__state=RowState.CREDITED)),
            found_failed=Count("id", filter=found & Q(row__state=RowState.FAILED)),
            by_people=Count("id", filter=left & Q(row__evidence=Evidence.PEOPLE)),
            again=Count("id", filter=undecided & Q(Exists(later))),
            open=Count("id", filter=left & Q(row__state__in=_OPEN)),
        )
    )
    return {call_id: CallCounts(*counts) for call_id, *counts in counted}


def chunks_in_doubt(run: Run, limit: int) -> QuerySet[Chunk]:
    """Chunks that hold unknown rows, the one with the nearest next step first."""
    return Chunk.objects.filter(run=run, unknown__gt=0).order_by("next_action_at", "number")[:limit]


CAUSES = 100


@dataclass(frozen=True, slots=True)
class Cause:
    """Rows that failed alike: the code and EnKash's own text."""

    reason_code: str
    reason: str
    rows: int
    points: int


def failure_causes(*, run_id: int | None = None, batch_id: int | None = None) -> list[Cause]:
    """Failed rows by cause, most frequent first. Reads only chunks that have failed rows."""
    owner = Q(chunk__run_id=run_id) if run_id is not None else Q(chunk__run__batch_id=batch_id)
    return causes_among(Row.objects.filter(owner, chunk__failed__gt=0, state=RowState.FAILED))


def causes_among(failed: QuerySet[Row], *, limit: int | None = CAUSES) -> list[Cause]:
    """The first causes of these rows, most frequent first. `limit` None: all."""
    kinds = (
        failed.order_by().values("reason_code", "reason").annotate(rows=Count("id"), points=Sum("amount", default=0))
    )
    return [Cause(**kind) for kind in kinds.order_by("-rows", "reason_code", "reason")[:limit]]
