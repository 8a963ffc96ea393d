"""What the home page tells: what waits for people, what was given, how the connection does."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from allocations.domain.states import BatchState, RowState, RunState
from allocations.models import Attempt, Batch, Chunk, EnkashToken, Row, Run, SweeperLease
from allocations.selectors.replacements import replaced_failed_rows

RECENT = 10
RECENT_CALLS = 50


def recent_batches() -> list[Batch]:
    return list(Batch.objects.select_related("account", "uploaded_by", "submitted_by").order_by("-id")[:RECENT])


def own_open_batches(user_id: int) -> QuerySet[Batch]:
    """What somebody uploaded and has not submitted yet, newest first."""
    states = (BatchState.DRAFT, BatchState.REVIEW)
    return Batch.objects.filter(uploaded_by_id=user_id, state__in=states).order_by("-id")[:RECENT]


def runs_in_need() -> list[tuple[Run, int]]:
    """Runs that go on only when a person acts, each with its number of disputed rows."""
    runs = Run.objects.filter(state__in=(RunState.PAUSED, RunState.ATTENTION)).select_related("batch").order_by("id")
    sums = dict(
        Chunk.objects.filter(run__in=runs, disputed__gt=0)
        .order_by()
        .values_list("run")
        .annotate(disputed_rows=Sum("disputed"))
    )
    return [(run, sums.get(run.pk, 0)) for run in runs]


@dataclass(frozen=True, slots=True)
class FailedBatch:
    batch: Batch
    rows: int
    points: int


def batches_with_failed_rows() -> list[FailedBatch]:
    """Approved batches whose newest runs have ended and left failed rows without a replacement, newest first."""
    sums = (
        Chunk.objects.filter(failed__gt=0)
        .exclude(run__batch__in=Run.objects.exclude(state=RunState.SETTLED).values("batch"))
        .order_by()
        .values("run__batch")
        .annotate(failed_rows=Sum("failed"), lost_points=Sum("failed_points"))
        .order_by("-run__batch")[:RECENT]
    )
    found = {one["run__batch"]: one for one in sums}
    batches = Batch.objects.in_bulk(found)
    gone = {pk: replaced_failed_rows(pk) for pk in found}
    failed = [
        FailedBatch(
            batch=batches[pk], rows=one["failed_rows"] - gone[pk].rows, points=one["lost_points"] - gone[pk].points
        )
        for pk, one in found.items()
    ]
    return [one for one in failed if one.rows]


@dataclass(frozen=True, slots=True)
class Given:
    """Credited rows and points."""

    rows: int
    points: Decimal


def given_since(start: datetime) -> Given:
    """By the day the run began."""
    sums = Chunk.objects.filter(run__started_at__gte=start).aggregate(
        rows=Sum("credited", default=0), points=Sum("credited_points", default=Decimal(0))
    )
    return Given(rows=sums["rows"], points=Decimal(sums["points"]))


@dataclass(frozen=True, slots=True)
class FailureCount:
    reason_code: str
    rows: int


def failures_since(start: datetime, *, limit: int = 5) -> list[FailureCount]:
    """Rows that stand as failed, by cause. Reads only rows of chunks that have any."""
    failed = Row.objects.filter(chunk__run__started_at__gte=start, chunk__failed__gt=0, state=RowState.FAILED)
    kinds = failed.order_by().values("reason_code").annotate(rows=Count("id")).order_by("-rows", "reason_code")
    return [FailureCount(**kind) for kind in kinds[:limit]]


@dataclass(frozen=True, slots=True)
class Connection:
    """The newest calls to EnKash. `unclear`: calls of the last `calls` without an answer that could be read."""

    last_at: datetime | None
    last_seconds: float | None
    calls: int
    unclear: int
    login_failures: int
    login_error: str
    swept_at: datetime | None


def connection() -> Connection:
    newest = list(Attempt.objects.order_by("-id")[:RECENT_CALLS].values("answered_at", "seconds", "state"))
    answered = next((call for call in newest if call["answered_at"]), None)
    token = EnkashToken.objects.first()
    return Connection(
        last_at=answered["answered_at"] if answered else None,
        last_seconds=answered["seconds"] if answered else None,
        calls=len(newest),
        unclear=sum(call["state"] in {"unknown", "resolved", "not_sent"} for call in newest),
        login_failures=token.failures if token else 0,
        login_error=token.last_error if token else "",
        swept_at=SweeperLease.objects.values_list("swept_at", flat=True).first(),
    )
