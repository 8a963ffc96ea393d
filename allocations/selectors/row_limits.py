"""Rows beyond the limits of a policy, found for a whole list in one statement, and what some people were given."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from allocations.domain.days import month_of
from allocations.domain.problems import Problem as Finding
from allocations.domain.reversals import ReversalState
from allocations.domain.row_limits import GIVES_NOTHING, above_month, month_name, not_allowed
from allocations.models import Row

# Hits at once: few lists have more, and those are not held in memory as a whole.
_MOST = 50_000
_NOTHING = ", ".join(f"'{state.value}'" for state in sorted(GIVES_NOTHING))
# By mobile, what other batches that were approved in the month give. More than was asked for counts as it came. What
# a replacement of an approved batch, or of this one, gives in the place of a conflict counts once: there.
_OF_OTHERS = f"""
    JOIN allocations_batch other ON other.id = old.batch_id
    WHERE other.state = 'approved' AND other.id <> %(batch)s
    AND other.approved_at >= %(start)s AND other.approved_at < %(end)s
    AND old.state NOT IN ({_NOTHING}) AND old.mobile IN ({{people}})
"""
_GIVEN = f"""
SELECT part.mobile AS mobile, SUM(part.points) AS points
FROM (
    SELECT old.mobile AS mobile,
        CASE WHEN old.credited_amount > old.amount THEN old.credited_amount ELSE old.amount END AS points
    FROM allocations_row old
    {_OF_OTHERS}
    AND (old.state <> 'conflict' OR NOT EXISTS (
        SELECT 1 FROM allocations_replacement went
        JOIN allocations_row instead ON instead.id = went.row_id
        JOIN allocations_batch there ON there.id = instead.batch_id
        WHERE went.replaces_id = old.id AND (there.id = %(batch)s OR there.state = 'approved')
    ))
    UNION ALL
    SELECT old.mobile, -taken.amount
    FROM allocations_reversal taken
    JOIN allocations_row old ON old.id = taken.row_id
    {_OF_OTHERS}
    AND taken.state = '{ReversalState.REVERSED.value}'
) part
GROUP BY part.mobile
"""  # noqa: S608 - our own text
_MINE = f"""
SELECT mobile, SUM(amount) AS points FROM allocations_row
WHERE batch_id = %(batch)s AND mobile > '' AND amount IS NOT NULL AND state NOT IN ({_NOTHING})
GROUP BY mobile
"""  # noqa: S608 - our own states
_ABOVE = f"""
WITH mine AS ({_MINE})
SELECT own.number, own.amount, mine.points, COALESCE(given.points, 0), COUNT(*) OVER ()
FROM mine
LEFT JOIN ({_GIVEN.format(people="SELECT mobile FROM mine")}) given ON given.mobile = mine.mobile
JOIN allocations_row own ON own.mobile = mine.mobile AND own.batch_id = %(batch)s AND own.state NOT IN ({_NOTHING})
WHERE mine.points + COALESCE(given.points, 0) > %(limit)s AND COALESCE(given.points, 0) >= %(least)s
AND own.amount IS NOT NULL AND own.number > %(after)s
ORDER BY own.number LIMIT %(most)s
"""  # noqa: S608 - our own text


class Above(NamedTuple):
    """A row of a person above the limit: its points, those of all their rows in the list, those of others before.
    `rows`: how many such rows there are from here on."""

    number: int
    amount: int
    own: int
    given: int
    rows: int

    def finding(self, *, limit: int, month: str) -> Finding:
        return above_month(self.amount, own=self.own, given=self.given, limit=limit, month=month)


def first_above(
    batch_id: int, *, limit: int, at: datetime, after: int = 0, least: int = 0, most: int = _MOST
) -> list[Above]:
    """Rows after number `after` whose person would get more than `limit` points in the IST month of `at`, in order.
    `least`: not of people whom other batches give less."""
    values = {**_month(batch_id, at), "limit": limit, "after": after, "least": least, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, values)
        return [Above(*map(_whole, found)) for found in cursor.fetchall()]


def findings_above_month(batch_id: int, *, limit: int, at: datetime) -> Iterator[tuple[int, Finding]]:
    """By row number."""
    month, after = month_name(at), 0
    while found := first_above(batch_id, limit=limit, at=at, after=after):
        for one in found:
            yield one.number, one.finding(limit=limit, month=month)
        if len(found) == found[0].rows:
            return
        after = found[-1].number


def given_in_month(mobiles: Sequence[str], *, batch_id: int, at: datetime) -> dict[str, int]:
    """Points by mobile that other batches than this one give in the IST month of `at`. A few thousand at once."""
    if not mobiles:
        return {}
    named = {f"m{at}": mobile for at, mobile in enumerate(mobiles)}
    people = ", ".join(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN.format(people=people), {**_month(batch_id, at), **named})
        return {mobile: _whole(points) for mobile, points in cursor.fetchall()}


def findings_of_amounts(batch_id: int, allowed: Sequence[int]) -> Iterator[tuple[int, Finding]]:
    """Rows that give another amount than these, by number."""
    rows = Row.objects.filter(batch_id=batch_id, amount__isnull=False).exclude(state__in=GIVES_NOTHING)
    others = rows.exclude(amount__in=allowed).order_by("number").values_list("number", "amount")
    after = 0
    while found := list(others.filter(number__gt=after)[:_MOST]):
        for number, amount in found:
            yield number, not_allowed(amount or 0, allowed)
        after = found[-1][0]


def _month(batch_id: int, at: datetime) -> Mapping[str, Any]:
    start, end = month_of(at)
    adapt = connection.ops.adapt_datetimefield_value
    return {"batch": batch_id, "start": adapt(start), "end": adapt(end)}


def _whole(points: float | Decimal) -> int:
    """Points that came in fractions count as the next whole number."""
    return math.ceil(points)
