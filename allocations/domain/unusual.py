"""Amounts with zeros too many: far above what most of the list gets, or above all that the person ever got."""

from collections.abc import Mapping

from allocations.domain.numerals import grouped
from allocations.domain.problems import Problem, warning

ABOVE_LIST = "amount_far_above_list"
# In fewer rows the middle one says little.
_FEWEST = 20


def middle_amount(rows: Mapping[int, int]) -> int | None:
    """The amount in the middle of a list; `rows`: amount -> how many rows have it. None for a list that is too short.

    Of two in the middle the lower one, so that it is an amount that somebody can find in the list.
    """
    total = sum(rows.values())
    if total < _FEWEST:
        return None
    place = (total - 1) // 2
    for amount in sorted(rows):
        place -= rows[amount]
        if place < 0:
            return amount
    return None


def far_above_list(amount: int, middle: int) -> Problem:
    sentence = (
        f"is {_times(amount, middle)} the amount in the middle of this list ({grouped(middle)}). Count the zeros."
    )
    return warning(ABOVE_LIST, "amount", str(amount), sentence)


def far_above_history(amount: int, most: int, *, batch_id: int, number: int) -> Problem:
    """`most`: the largest amount that was credited to the same mobile so far, and the row that it stands in."""
    sentence = (
        f"is {_times(amount, most)} the most that this person was given before ({grouped(most)}, batch {batch_id}, "
        f"row {grouped(number)}). Count the zeros."
    )
    return warning("amount_far_above_history", "amount", str(amount), sentence)


def _times(amount: int, usual: int) -> str:
    return f"{'more than ' if amount % usual else ''}{grouped(amount // usual)} times"
