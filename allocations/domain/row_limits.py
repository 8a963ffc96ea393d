"""What an approval policy says of single rows: points of one person in a month, and amounts that may be given.

A row counts in one month, the IST month of its batch's approval, whenever it is sent and credited: a list that is
approved in November for the 1st of December is November's, also where its failed rows are run again in December.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from allocations.domain.days import month_of
from allocations.domain.numerals import grouped
from allocations.domain.problems import Problem, error
from allocations.domain.states import RowState

PERSON_MONTH = "person_above_month"
OTHER_AMOUNT = "amount_not_allowed"
ROW_LIMITS = frozenset({PERSON_MONTH, OTHER_AMOUNT})
# Rows that gave nothing and are about to give nothing. All others count as given: what is pending, being sent, unknown
# or undecided may reach the person. A reversal is a record of its own and its row stays credited; once it is known to
# have taken its points back they do not count, before that they do.
GIVES_NOTHING = frozenset({RowState.LEFT_OUT, RowState.FAILED, RowState.CANCELLED})


def month_name(at: datetime) -> str:
    """November 2026."""
    return f"{month_of(at)[0]:%B %Y}"


def above_month(amount: int, *, own: int, given: int, limit: int, month: str) -> Problem:
    """A row of a person who would get more than `limit` points in the month. `own`: points of all their rows in this
    list; `given`: of those in other batches."""
    others = own - amount
    parts = [f"{grouped(given)} given so far", f"{grouped(amount)} in this row"]
    if others:
        parts.append(f"{grouped(others)} in other rows of this list")
    room = limit - given - others
    rows = "rows" if others else "the row"
    todo = f"Give at most {grouped(room)} here or leave {rows} out" if room > 0 else f"Leave {rows} out"
    later = ", or submit it in another month" if given and own <= limit else ""
    return error(
        PERSON_MONTH,
        "amount",
        str(amount),
        f"would bring this person to {grouped(given + own)} points in {month}: {', '.join(parts)}. "
        f"The limit is {grouped(limit)} a month. {todo}{later}.",
    )


def rows_above_month(
    rows: Collection[tuple[int, str, int | None]], *, given: Mapping[str, int], limit: int, month: str
) -> Iterator[tuple[int, Problem]]:
    """Every row of a person above the limit. `rows`: numbers, mobiles and points of one list; `given`: by mobile, what
    other batches give."""
    own: Counter[str] = Counter()
    for _, mobile, amount in rows:
        if mobile and amount:
            own[mobile] += amount
    for number, mobile, amount in rows:
        if mobile and amount and own[mobile] + given.get(mobile, 0) > limit:
            so_far = given.get(mobile, 0)
            yield number, above_month(amount, own=own[mobile], given=so_far, limit=limit, month=month)


def not_allowed(amount: int, allowed: Sequence[int]) -> Problem:
    """`allowed`: in ascending order, at least one."""
    place = bisect_left(allowed, amount)
    near = [grouped(one) for one in allowed[max(place - 1, 0) : place + 1]]
    nearest = f"The nearest {'one is' if len(near) == 1 else 'ones are'} {' and '.join(near)}"
    sentence = f"{grouped(amount)} is not among the amounts that the approval policy allows."
    return error(OTHER_AMOUNT, "amount", str(amount), f"{sentence} {nearest}. Give one of them or leave the row out.")


def refusal(found: Iterable[tuple[int, Problem]], *, more: int) -> str:
    """Whole sentences about rows beyond the limits. `more`: such rows that are not among these."""
    named = " ".join(f"Row {grouped(number)}, column “Points”: {one.message}" for number, one in found)
    if not more:
        return named
    return f"{named} {'1 more row is' if more == 1 else f'{grouped(more)} more rows are'} beyond the approval policy."
