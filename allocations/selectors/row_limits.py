"""Rows beyond the limits of a policy, found for a whole list in one statement, and what some people were given."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from allocations.domain.days import month_of
from allocations.domain.problems import Problem as Finding
from allocations.domain.reversals import ReversalState
from allocations.domain.row_limits import GIVES_NOTHING, above_month, month_name, not_allowed
from allocations.domain.states import BatchState
from allocations.models import Batch, Row

# Hits at once: few lists have more, and those are not held in memory as a whole.
_MOST = 50_000
_NOTHING = ", ".join(f"'{state.value}'" for state in sorted(GIVES_NOTHING))
# Looking up a person costs about as much as reading so many rows of the month one after the other.
_ROWS_A_PERSON = 30
_IN_MONTH = f"""
    other.state = 'approved' AND other.id <> %(batch)s
    AND other.approved_at >= %(start)s AND other.approved_at < %(end)s
    AND old.batch_id = other.id AND old.state NOT IN ({_NOTHING})
"""
_POINTS = "CASE WHEN old.credited_amount > old.amount THEN old.credited_amount ELSE old.amount END"
# By mobile, what other batches that were approved in the month give; more than was asked for counts as it came. Two
# things are taken off, both of few rows, so of everybody: what was surely taken back; and a conflict in whose place a
# row of an approved batch, or of this one, gives the points: they count there. SQLite reads CROSS JOINs in their order.
_GIVEN = f"""
SELECT part.mobile AS mobile, SUM(part.points) AS points
FROM (
    SELECT old.mobile AS mobile, {_POINTS} AS points
    FROM allocations_row old JOIN allocations_batch other ON {_IN_MONTH} {{people}}
    UNION ALL
    SELECT old.mobile, -taken.amount
    FROM allocations_reversal taken CROSS JOIN allocations_row old CROSS JOIN allocations_batch other
    WHERE taken.state = '{ReversalState.REVERSED.value}' AND old.id = taken.row_id AND {_IN_MONTH}
    UNION ALL
    SELECT old.mobile, -({_POINTS})
    FROM allocations_replacement went CROSS JOIN allocations_row instead CROSS JOIN allocations_batch there
    CROSS JOIN allocations_row old CROSS JOIN allocations_batch other
    WHERE instead.id = went.row_id AND there.id = instead.batch_id
    AND (there.id = %(batch)s OR there.state = 'approved')
    AND old.id = went.replaces_id AND old.state = 'conflict' AND {_IN_MONTH}
) part
GROUP BY part.mobile
"""  # noqa: S608 - our own text
# The empty text keeps SQLite from reading the index of all mobiles for the few of the list.
_OWN = f"batch_id = %(batch)s AND mobile <> '' AND amount IS NOT NULL AND state NOT IN ({_NOTHING})"
# Nothing is joined: beside a list that was stored a moment ago a planner expects one row and would join in loops.
_ABOVE = f"""
SELECT number, amount, own, given, COUNT(*) OVER ()
FROM (
    SELECT number, amount, SUM(amount) OVER person AS own, SUM(points) OVER person AS given
    FROM (
        SELECT number, mobile || '' AS mobile, amount, 0 AS points FROM allocations_row WHERE {_OWN}
        UNION ALL
        SELECT NULL, mobile, NULL, points FROM ({_GIVEN}) others
    ) beside
    WINDOW person AS (PARTITION BY mobile)
) counted
WHERE number > %(after)s AND own + given > %(limit)s AND given >= %(least)s
ORDER BY number LIMIT %(most)s
"""  # noqa: S608 - our own text
_OF_LIST = f"AND old.mobile IN (SELECT mobile FROM allocations_row WHERE {_OWN})"  # noqa: S608 - our own text


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
    people = _OF_LIST if _is_short(batch_id, at=at) else ""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE.format(people=people), values)
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
    people = f"AND old.mobile IN ({', '.join(f'%({name})s' for name in named)})"
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN.format(people=people), {**_month(batch_id, at), **named})
        found = cursor.fetchall()
    wanted = set(mobiles)
    return {mobile: _whole(points) for mobile, points in found if mobile in wanted and points > 0}


def findings_of_amounts(batch_id: int, allowed: Sequence[int]) -> Iterator[tuple[int, Finding]]:
    """Rows that give another amount than these, by number."""
    rows = Row.objects.filter(batch_id=batch_id, amount__isnull=False).exclude(state__in=GIVES_NOTHING)
    others = rows.exclude(amount__in=allowed).order_by("number").values_list("number", "amount")
    after = 0
    while found := list(others.filter(number__gt=after)[:_MOST]):
        for number, amount in found:
            yield number, not_allowed(amount or 0, allowed)
        after = found[-1][0]


def _is_short(batch_id: int, *, at: datetime) -> bool:
    """Whether it is quicker to look up every person than to read all that the month gave."""
    start, end = month_of(at)
    month = Batch.objects.filter(state=BatchState.APPROVED, approved_at__gte=start, approved_at__lt=end)
    given = int(month.exclude(pk=batch_id).aggregate(rows=Sum("row_count", default=0))["rows"])
    return Row.objects.filter(batch_id=batch_id).count() * _ROWS_A_PERSON < given


def _month(batch_id: int, at: datetime) -> Mapping[str, Any]:
    start, end = month_of(at)
    adapt = connection.ops.adapt_datetimefield_value
    return {"batch": batch_id, "start": adapt(start), "end": adapt(end)}


def _whole(points: float | Decimal) -> int:
    """Points that came in fractions count as the next whole number."""
    return math.ceil(points)
