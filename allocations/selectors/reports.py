"""What was given in a period, from the counters of chunks that pages and exports add up too."""

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState, RunState
from allocations.models import Chunk, Reversal, Row, Run
from allocations.selectors.runs import CAUSES, Cause, causes_among
from allocations.selectors.totals import Totals, run_totals

RUNS = 50
GROUPS = 100


@dataclass(frozen=True, slots=True)
class Period:
    """Runs that began from `since` on and before `until`, of one account or of all."""

    since: datetime
    until: datetime
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Rows and points as they stand now. `key`: what they have in common."""

    key: str
    credited: int
    credited_points: Decimal
    failed: int
    failed_points: int


@dataclass(frozen=True, slots=True)
class Month:
    """`start` in IST. `reversed`: points that came back in that month, of whatever month's credits."""

    start: datetime
    credited: int
    credited_points: Decimal
    failed: int
    reversed: int

    @property
    def net(self) -> Decimal:
        return self.credited_points - self.reversed


@dataclass(frozen=True, slots=True)
class Reconciled:
    """An ended run against EnKash's own balances, in points. `returned`: reversals that took effect meanwhile."""

    run: Run
    opening: Decimal
    credited: Decimal
    returned: int
    closing: Decimal

    @property
    def unexplained(self) -> Decimal:
        return self.closing - (self.opening - self.credited + self.returned)


_SUMS = {name: Sum(name) for name in ("credited", "credited_points", "failed", "failed_points")}


def given_by_month(period: Period) -> list[Month]:
    """Oldest first, only months in which something happened."""
    chunks = _chunks(period).annotate(month=TruncMonth("run__started_at")).order_by().values_list("month")
    given = {month: sums for month, *sums in chunks.annotate(**_SUMS)}
    back = _reversed_by_month(period)
    return [_month(month, given.get(month, [0, 0, 0, 0]), back.get(month, 0)) for month in sorted({*given, *back})]


def _month(start: datetime, sums: list[int], back: int) -> Month:
    """`sums` in the order of _SUMS."""
    credited, credited_points, failed, _ = sums
    return Month(start, credited, Decimal(credited_points), failed, back)


def given_by_programme(period: Period, *, limit: int | None = GROUPS) -> list[Given]:
    """`limit` None: all of them, here and below."""
    return _given_by(period, "run__batch__purpose", limit)


def given_by_account(period: Period, *, limit: int | None = GROUPS) -> list[Given]:
    return _given_by(period, "run__batch__account__name", limit)


def given_by_maker(period: Period, *, limit: int | None = GROUPS) -> list[Given]:
    """By who uploaded the list. Two people of one name are two lines."""
    found = _given_by(period, "run__batch__uploaded_by", limit)
    makers = User.objects.in_bulk([one.key for one in found])
    return [replace(one, key=makers[one.key].get_full_name() or makers[one.key].username) for one in found]


def rows_by_outcome(period: Period) -> Totals:
    """As they stand now."""
    names = [field.name for field in fields(Totals) if field.name != "rows"]
    sums = (
        _chunks(period).order_by().aggregate(rows=Sum("row_count", default=0), **{n: Sum(n, default=0) for n in names})
    )
    return Totals(**sums)


def _given_by(period: Period, field: str, limit: int | None) -> list[Given]:
    """Most points first."""
    sums = _chunks(period).order_by().values_list(field).annotate(**_SUMS).order_by("-credited_points", field)
    return [Given(key, credited, Decimal(points), failed, lost) for key, credited, points, failed, lost in sums[:limit]]


def _chunks(period: Period) -> QuerySet[Chunk]:
    chunks = Chunk.objects.filter(run__started_at__gte=period.since, run__started_at__lt=period.until)
    return chunks.filter(run__batch__account_id=period.account_id) if period.account_id else chunks


def _reversed_by_month(period: Period) -> dict[datetime, int]:
    done = Reversal.objects.filter(
        state=ReversalState.REVERSED, outcome_at__gte=period.since, outcome_at__lt=period.until
    )
    if period.account_id:
        done = done.filter(row__batch__account_id=period.account_id)
    months = done.annotate(month=TruncMonth("outcome_at")).order_by().values_list("month")
    return dict(months.annotate(points=Sum("amount")))


def failures(period: Period, *, limit: int | None = CAUSES) -> list[Cause]:
    """Rows that stand as failed, by cause. Reads only rows of chunks that have any."""
    chunks = _chunks(period).filter(failed__gt=0)
    return causes_among(Row.objects.filter(chunk__in=chunks, state=RowState.FAILED), limit=limit)


def reconciled_runs(period: Period, *, limit: int | None = RUNS) -> list[Reconciled]:
    """Ended runs with both balances, newest first."""
    runs = Run.objects.filter(
        state=RunState.SETTLED,
        started_at__gte=period.since,
        started_at__lt=period.until,
        opening_balance__isnull=False,
        closing_balance__isnull=False,
    )
    if period.account_id:
        runs = runs.filter(batch__account_id=period.account_id)
    found = list(runs.select_related("batch__account").order_by("-id")[:limit])
    back = _movements(found)
    return [_reconciled(run, back[run.batch.account_id]) for run in found]


def _movements(runs: list[Run]) -> defaultdict[int, list[tuple[datetime, int]]]:
    """Reversals that took effect in the time of these runs, by account: one query for all of them."""
    back: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    if runs:
        since = min(run.started_at for run in runs if run.started_at)
        done = Reversal.objects.filter(state=ReversalState.REVERSED, outcome_at__gte=since)
        for account_id, at, points in done.values_list("row__batch__account_id", "outcome_at", "amount"):
            if at is not None:
                back[account_id].append((at, points))
    return back


def _reconciled(run: Run, back: list[tuple[datetime, int]]) -> Reconciled:
    """Both balances are there, and both instants: `reconciled_runs` asks for them."""
    start, end = run.started_at, run.settled_at
    meanwhile = [points for at, points in back if start and end and start <= at <= end]
    return Reconciled(
        run=run,
        opening=run.opening_balance or Decimal(0),
        credited=run_totals(run).credited_points,
        returned=sum(meanwhile),
        closing=run.closing_balance or Decimal(0),
    )
