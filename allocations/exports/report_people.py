"""The lines of people near the gift limit, masked as on their page."""

from collections.abc import Iterator

from django.conf import settings

from allocations.domain.errors import InvalidInput
from allocations.domain.gifts import financial_year, near_from
from allocations.domain.numerals import grouped
from allocations.exports.cells import Cell, points
from allocations.presenters.gift_limit import PersonLine, person_lines
from allocations.selectors.person_years import After, people_from
from allocations.selectors.reports import Period

HEADERS = (
    *("Batch of the newest row", "Row", "Name", "Mobile", "Times", "Points given", "Points taken back", "Points net"),
    *("Gift limit", "Percent of the limit", "Points above the limit"),
)
_FETCH = 5_000


def lines(period: Period) -> list[tuple[Cell, ...]]:
    """Everybody from NEAR_PERCENT of the limit on in the period's financial year, most points first.

    Raises InvalidInput for more people than such a file may hold.
    """
    limit = settings.GIFT_METER_POINTS
    found: list[tuple[Cell, ...]] = []
    for one in _people(financial_year(period.since), limit=limit) if limit else ():
        if len(found) == settings.SEARCH_EXPORT_ROWS:
            raise InvalidInput(
                f"More than {grouped(settings.SEARCH_EXPORT_ROWS)} people are near the limit, the most of such a file. "
                "Set a higher limit first."
            )
        found.append(_cells(one, limit=limit))
    return found


def _people(year: int, *, limit: int) -> Iterator[PersonLine]:
    after: After | None = None
    while True:
        people = people_from(year, least=near_from(limit), after=after, size=_FETCH)
        yield from person_lines(people.found, limit=limit)
        after = people.after
        if after is None:
            return


def _cells(one: PersonLine, *, limit: int) -> tuple[Cell, ...]:
    figures = (points(one.given), points(one.reversed), points(one.net))
    return (
        *(one.batch_id, one.number, one.name, one.mobile, one.times, *figures),
        *(limit, one.percent, points(one.net - limit) if one.is_above else 0),
    )
