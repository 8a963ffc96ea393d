"""What one person got, by financial year, and how near that is to the year's gift limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from allocations.presenters.numbers import points
from allocations.presenters.times import financial_year, year_start
from allocations.selectors.persons import Year


@dataclass(frozen=True, slots=True)
class YearLine:
    name: str
    year: Year


@dataclass(frozen=True, slots=True)
class Meter:
    """`net` and `limit` in points, for a <meter>."""

    net: int
    limit: int
    words: str
    is_over: bool


def year_lines(years: Iterable[Year]) -> list[YearLine]:
    return [YearLine(financial_year(year.start), year) for year in years]


def meter(years: Iterable[Year], *, now: datetime, limit: int) -> Meter | None:
    """Of the financial year of `now`; None where no limit is set."""
    if not limit:
        return None
    start = year_start(now)
    net = next((year.net for year in years if year.start == start), Decimal(0))
    over = net - limit
    said = {"net": points(net), "limit": points(limit), "year": financial_year(now), "over": points(over)}
    said["left"] = points(-over)
    if over > 0:
        words = _("%(net)s of %(limit)s in %(year)s: %(over)s over the limit") % said
    else:
        words = _("%(net)s of %(limit)s in %(year)s: %(left)s left") % said
    return Meter(
        net=int(net),
        limit=limit,
        words=words,
        is_over=over > 0,
    )
