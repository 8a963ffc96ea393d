"""Amounts far above the usual, found for a whole list at once and again after one of its cells was mended."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max

from allocations.domain.problems import Problem as Finding
from allocations.domain.states import RowState
from allocations.domain.unusual import ABOVE_LIST, far_above_history, far_above_list, middle_amount
from allocations.models import Problem, Row
from allocations.services.importing_findings import count_problems
from allocations.services.importing_rows import write_problems

T = TypeVar("T")
# Hits at once: few lists have more, and those are not held in memory as a whole.
_MOST = 50_000
_BLOCK = 5_000
# Most people have got nearly as much before: one such row ends their look-up, however many they have.
_ABOVE = """
SELECT mine.number, mine.mobile, mine.amount
FROM allocations_row mine
WHERE mine.batch_id = %(batch)s AND mine.number BETWEEN %(first)s AND %(last)s
AND mine.mobile > '' AND mine.amount >= %(factor)s
AND EXISTS (
    SELECT 1 FROM allocations_row given WHERE given.mobile = mine.mobile AND given.state = 'credited'
)
AND NOT EXISTS (
    SELECT 1 FROM allocations_row near
    WHERE near.mobile = mine.mobile AND near.state = 'credited' AND near.amount * %(factor)s > mine.amount
)
ORDER BY mine.number LIMIT %(most)s
"""


def above_history(batch_id: int) -> Iterator[tuple[int, Finding]]:
    """Rows whose person was given points before, and never near as many."""
    last = Row.objects.filter(batch_id=batch_id).aggregate(last=Max("number"))["last"] or 0
    first = 1
    while settings.ODD_AMOUNT_FACTOR and (found := _above(batch_id, first, last)):
        yield from above_history_of(found)
        if len(found) < _MOST:
            return
        first = found[-1][0] + 1


def above_history_of(rows: Iterable[tuple[int, str, int | None]]) -> Iterator[tuple[int, Finding]]:
    """The same for some rows, stored or not: their numbers, mobiles and points."""
    for block in _blocks(rows):
        most = _most_given({mobile for _, mobile, _ in block if mobile})
        for number, mobile, amount in block:
            given = most.get(mobile)
            if amount and given and 0 < given["most"] * settings.ODD_AMOUNT_FACTOR <= amount:
                yield number, far_above_history(amount, **given)


def _above(batch_id: int, first: int, last: int) -> list[tuple[int, str, int]]:
    given = {"batch": batch_id, "first": first, "last": last, "factor": settings.ODD_AMOUNT_FACTOR, "most": _MOST}
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, given)
        found: list[tuple[int, str, int]] = cursor.fetchall()
    return found


def _most_given(mobiles: Collection[str]) -> dict[str, dict[str, int]]:
    """The largest amount of each, and the first row that had it."""
    given = Row.objects.filter(mobile__in=mobiles, state=RowState.CREDITED).order_by("amount", "-id")
    return {
        mobile: {"most": amount or 0, "batch_id": batch_id, "number": number}
        for mobile, amount, batch_id, number in given.values_list("mobile", "amount", "batch_id", "number")
    }


def find_above_list_again(batch_id: int) -> None:
    """One cell moves the middle of a list at most a little, but every row is measured by it."""
    wanted = dict(_above_list(batch_id))
    known = Problem.objects.filter(batch_id=batch_id, severity="warning", code=ABOVE_LIST)
    stale = {}
    for pk, number, message in known.values_list("row_id", "number", "message"):
        if number in wanted and wanted[number][1].message == message:
            del wanted[number]
        else:
            stale[number] = pk
    for ids in _blocks(stale.values()):
        known.filter(row__in=ids).delete()
    write_problems(batch_id, [(pk, number, finding) for number, (pk, finding) in wanted.items()])
    for ids in _blocks({*stale.values(), *(pk for pk, _ in wanted.values())}):
        count_problems(Row.objects.filter(pk__in=ids))


def _above_list(batch_id: int) -> Iterator[tuple[int, tuple[int, Finding]]]:
    """Left-out rows count as they do in the import."""
    rows = Row.objects.filter(batch_id=batch_id, amount__isnull=False)
    amounts = rows.order_by().values_list("amount").annotate(rows=Count("pk"))
    middle = middle_amount(dict(amounts)) if settings.ODD_AMOUNT_FACTOR else None
    if middle is not None:
        far = rows.filter(amount__gte=middle * settings.ODD_AMOUNT_FACTOR).order_by("number")
        for pk, number, amount in far.values_list("pk", "number", "amount"):
            yield number, (pk, far_above_list(amount or 0, middle))


def _blocks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while block := list(islice(rest, _BLOCK)):
        yield block
