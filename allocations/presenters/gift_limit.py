"""People near a financial year's gift limit, in words. Masked as they are everywhere."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from allocations.domain.gifts import Standing, percent, standing
from allocations.models import PersonYear
from allocations.presenters import people
from allocations.presenters.numbers import grouped, points
from allocations.selectors.person_years import MOST


@dataclass(frozen=True, slots=True)
class PersonLine:
    """`words`: how far from the limit. The row leads to the person's page."""

    batch_id: int
    number: int
    name: str
    mobile: str
    times: int
    given: Decimal
    reversed: Decimal
    net: Decimal
    percent: int
    is_above: bool
    words: str


def person_lines(found: Iterable[PersonYear], *, limit: int, revealed: Container[int] = ()) -> list[PersonLine]:
    """`revealed`: ids of the rows that the reader sees in full."""
    return [_line(one, limit=limit, in_full=one.row_id in revealed) for one in found]


def _line(one: PersonYear, *, limit: int, in_full: bool) -> PersonLine:
    row, above = one.row, standing(one.net, limit=limit) is Standing.ABOVE
    return PersonLine(
        batch_id=row.batch_id,
        number=row.number,
        name=people.for_reader(row.name, in_full) or _("A person without a name"),
        mobile=people.mobile(row.mobile) if in_full else people.masked_mobile(row.mobile),
        times=one.times,
        given=one.given,
        reversed=one.reversed,
        net=one.net,
        percent=percent(one.net, limit=limit),
        is_above=above,
        words=_distance(one.net - limit, above=above),
    )


def _distance(over: Decimal, *, above: bool) -> str:
    if above:
        return _("%(points)s over") % {"points": points(over)}
    return _("%(points)s left") % {"points": points(-over)} if over else _("reached")


def summary(near: int, above: int) -> str:
    """Above it: 12. Near it: 40."""
    if not near and not above:
        return _("Nobody is above it or near it.")
    return _("Above it: %(above)s. Near it: %(near)s.") % {"above": _number(above), "near": _number(near)}


def _number(people: int) -> str:
    return grouped(people) if people <= MOST else _("more than %(most)s") % {"most": grouped(MOST)}
