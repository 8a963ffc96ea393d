"""Points taken back: sums beside what was credited, and reversals as people watch them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum

from allocations.domain.reversal_policy import ReversalFacts
from allocations.domain.reversals import OPEN, WITHOUT_EFFECT, ReversalState
from allocations.models import Batch, Reversal, ReversalAttempt, Row, Run

PAGE = 50


def facts_of(reversal: Reversal) -> ReversalFacts:
    return ReversalFacts(
        state=ReversalState(reversal.state),
        requested_by_id=reversal.requested_by_id,
        is_held=bool(reversal.pause_code),
    )


def taken_points(row: Row) -> int:
    """Points of the row's reversals that took effect or still may."""
    against = Reversal.objects.filter(row=row).exclude(state__in=WITHOUT_EFFECT)
    return int(against.aggregate(points=Sum("amount", default=0))["points"])


def signed_points(row: Row) -> int:
    """Of those, the points of reversals that somebody approved."""
    against = Reversal.objects.filter(row=row).exclude(state__in=WITHOUT_EFFECT | {ReversalState.PROPOSED})
    return int(against.aggregate(points=Sum("amount", default=0))["points"])


def reversed_points(batch: Batch) -> int:
    """Points of the batch's rows that are taken back for sure."""
    done = Reversal.objects.filter(row__batch=batch, state=ReversalState.REVERSED)
    return int(done.aggregate(points=Sum("amount", default=0))["points"])


def returned_points(run: Run) -> int:
    """Points that came back to the run's account, of whatever rows, while the run went on."""
    if run.started_at is None:
        return 0
    done = Reversal.objects.filter(row__batch__account=run.batch.account_id, state=ReversalState.REVERSED)
    meanwhile = done.filter(outcome_at__gte=run.started_at)
    if run.settled_at is not None:
        meanwhile = meanwhile.filter(outcome_at__lte=run.settled_at)
    return int(meanwhile.aggregate(points=Sum("amount", default=0))["points"])


def points_taken_back() -> Subquery:
    """For an annotation of rows: the points that are taken back for sure, None where there are none."""
    done = Reversal.objects.filter(row=OuterRef("pk"), state=ReversalState.REVERSED).order_by().values("row")
    summed = done.annotate(points=Sum("amount")).values("points")
    return Subquery(summed, output_field=DecimalField(max_digits=18, decimal_places=2))


@dataclass(frozen=True, slots=True)
class Takings:
    """What came back of a row or a batch, in points. `open`: asked for or under way."""

    gross: Decimal
    reversed: int
    open: int

    @property
    def net(self) -> Decimal:
        return self.gross - self.reversed

    @property
    def left(self) -> Decimal:
        """What can still be asked for."""
        return self.net - self.open

    @property
    def minus_reversed(self) -> int:
        return -self.reversed

    @property
    def minus_open(self) -> int:
        return -self.open


def row_takings(row: Row) -> Takings:
    return _takings(row.credited_amount or Decimal(0), Reversal.objects.filter(row=row))


def batch_takings(batch: Batch, *, gross: Decimal) -> Takings:
    """`gross`: the batch's credited points."""
    return _takings(gross, Reversal.objects.filter(row__batch=batch))


def _takings(gross: Decimal, reversals: "QuerySet[Reversal]") -> Takings:
    sums = dict(reversals.order_by().values_list("state").annotate(points=Sum("amount")))
    return Takings(
        gross=gross,
        reversed=sums.get(ReversalState.REVERSED.value, 0),
        open=sum(points for state, points in sums.items() if state in OPEN),
    )


def _reversals() -> QuerySet[Reversal]:
    people = ("requested_by", "approved_by", "closed_by")
    return Reversal.objects.select_related("row__batch__account", *people).order_by("-id")


def reversals_awaiting_approval() -> QuerySet[Reversal]:
    """Longest waiting first."""
    return _reversals().filter(state=ReversalState.PROPOSED).order_by("id")


def open_reversals() -> QuerySet[Reversal]:
    """Approved and not ended, newest first."""
    return _reversals().filter(state__in=OPEN - {ReversalState.PROPOSED})


def reversals_in_need() -> QuerySet[Reversal]:
    """Those that go on, or can be believed, only when a person acts; longest waiting first."""
    return _reversals().filter(Q(state=ReversalState.DISPUTED) | ~Q(pause_code="")).order_by("id")


def ended_reversals(*, before: int | None, limit: int) -> QuerySet[Reversal]:
    """Newest first; `before` is the id that the page before ended with."""
    ended = _reversals().exclude(state__in=OPEN)
    return (ended.filter(pk__lt=before) if before else ended)[:limit]


def reversal_of(reversal_id: int) -> Reversal | None:
    return _reversals().select_related("row__batch__uploaded_by").filter(pk=reversal_id).first()


def reversals_of_row(row: Row) -> QuerySet[Reversal]:
    """Oldest first."""
    return _reversals().filter(row=row).order_by("id")


def reversals_of_batch(batch: Batch) -> QuerySet[Reversal]:
    """Newest first."""
    return _reversals().filter(row__batch=batch)


def attempts_of(reversal: Reversal) -> QuerySet[ReversalAttempt]:
    """Oldest first."""
    return ReversalAttempt.objects.filter(reversal=reversal).order_by("id")
