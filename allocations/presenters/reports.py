"""Reports in words and as a chart; every figure of a chart stands in the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from allocations.presenters.bars import Place, places
from allocations.presenters.numbers import counted, points
from allocations.presenters.times import month
from allocations.selectors.reports import Month
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month with the place of its bar."""

    name: str
    month: Month
    place: Place


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """`points` None where no counter has them."""

    words: str
    rows: int
    points: Decimal | int | None = None


def month_lines(months: Sequence[Month]) -> list[MonthLine]:
    found = zip(months, places([int(one.credited_points) for one in months]), strict=True)
    return [MonthLine(month(one.start), one, place) for one, place in found]


def summary(months: Sequence[Month]) -> str:
    """The chart in a sentence."""
    if not months:
        return _("Nothing was given in this period.")
    given, back = _sum(months), sum(one.reversed for one in months)
    best = max(months, key=lambda one: one.credited_points)
    said = {
        "given": points(given),
        "rows": counted(sum(one.credited for one in months), "row"),
        "back": points(back),
        "best": points(best.credited_points),
        "month": month(best.start),
    }
    if back:
        told = _("%(given)s went to %(rows)s, %(back)s came back.") % said
    else:
        told = _("%(given)s went to %(rows)s.") % said
    if best.credited_points == given:
        return told
    return _("%(told)s The most, %(best)s, in %(month)s.") % {"told": told, **said}


def months_total(months: Sequence[Month]) -> Month | None:
    """All months as one line; None where there is nothing to add up."""
    if not months:
        return None
    return Month(
        start=months[0].start,
        credited=sum(one.credited for one in months),
        credited_points=_sum(months),
        failed=sum(one.failed for one in months),
        reversed=sum(one.reversed for one in months),
    )


def outcome_lines(totals: Totals) -> list[OutcomeLine]:
    """Every row that was planned, once."""
    return [
        OutcomeLine(_("Credited"), totals.credited, totals.credited_points),
        OutcomeLine(_("Failed"), totals.failed, totals.failed_points),
        OutcomeLine(_("Unknown or in conflict"), totals.unknown + totals.disputed, totals.unknown_points),
        OutcomeLine(_("Cancelled"), totals.cancelled),
        OutcomeLine(_("Not sent or being sent"), totals.pending + totals.sending),
    ]


def _sum(months: Sequence[Month]) -> Decimal:
    return sum((one.credited_points for one in months), Decimal(0))
