"""People by what they got in a financial year, from what services.person_years has added up."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from allocations.models import PersonCount, PersonYear

PAGE = 50
# More are not counted on a page, which has to come at once.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class After:
    """The place to page on from: points and row of the last person seen."""

    net: Decimal
    row: int


@dataclass(frozen=True, slots=True)
class People:
    """Most points first, `row` with its batch. `after`: where the next page begins, None at the end."""

    found: tuple[PersonYear, ...]
    after: After | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people are near the limit and not above it, and how many above; MOST + 1 for more than MOST. `as_of`:
    None where never counted."""

    near: int
    above: int
    as_of: datetime | None


def people_from(
    year: int, *, least: Decimal, more_than: Decimal | None = None, after: After | None = None, size: int = PAGE
) -> People:
    """Those with at least `least` net points in the year that begins in April of `year`, and `more_than` others."""
    people = PersonYear.objects.filter(year=year, net__gte=least)
    if more_than is not None:
        people = people.filter(net__gt=more_than)
    if after is not None:
        people = people.filter(Q(net__lt=after.net) | Q(row__lt=after.row), net__lte=after.net)
    found = tuple(people.select_related("row__batch").order_by("-net", "-row_id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return People(found[:size], After(last.net, last.row_id) if last else None)


def numbers(year: int, *, near_from: Decimal, limit: Decimal) -> Numbers:
    people = PersonYear.objects.filter(year=year, net__gte=near_from)
    near, above = (found[: MOST + 1].count() for found in (people.filter(net__lte=limit), people.filter(net__gt=limit)))
    known = PersonCount.objects.filter(pk=1).first()
    return Numbers(near, above, known.counted_at if known else None)
