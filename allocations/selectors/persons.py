"""One person over all batches. EnKash knows people by their mobile, so does the portal."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState
from allocations.models import Reversal, Row

PAGE = 50


@dataclass(frozen=True, slots=True)
class Year:
    """What one person got in one financial year, in points. `start`: the instant it begins."""

    start: datetime
    rows: int
    given: Decimal
    reversed: Decimal

    @property
    def net(self) -> Decimal:
        return self.given - self.reversed


@dataclass(frozen=True, slots=True)
class PersonRows:
    """Newest first; `before` is the row to page on from, None at the end."""

    rows: tuple[Row, ...]
    before: int | None


def person_rows(mobile: str, *, before: int | None = None, size: int = PAGE) -> PersonRows:
    rows = Row.objects.select_related("batch__account", "batch__approved_by").filter(mobile=mobile)
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-id")[: size + 1])
    return PersonRows(tuple(found[:size]), found[size - 1].pk if len(found) > size else None)


def years_of(mobile: str, *, year_start: Callable[[datetime], datetime]) -> list[Year]:
    """Newest first. Points count in the year in which they came, those taken back in the year in which they went."""
    given: defaultdict[datetime, list[Decimal]] = defaultdict(list)
    taken: defaultdict[datetime, list[Decimal]] = defaultdict(list)
    credited = Row.objects.filter(mobile=mobile, state=RowState.CREDITED)
    for at, points in credited.values_list("outcome_at", "credited_amount"):
        if at is not None and points is not None:
            given[year_start(at)].append(points)
    done = Reversal.objects.filter(row__mobile=mobile, state=ReversalState.REVERSED)
    for at, amount in done.values_list("outcome_at", "amount"):
        if at is not None:
            taken[year_start(at)].append(Decimal(amount))
    return [
        Year(start, len(given[start]), sum(given[start], Decimal(0)), sum(taken[start], Decimal(0)))
        for start in sorted({*given, *taken}, reverse=True)
    ]
