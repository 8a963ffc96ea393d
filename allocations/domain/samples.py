"""The rows that an approver opens before approving: few enough to be read, and not chosen by who made the list."""

from collections.abc import Collection

from allocations.domain.errors import InvalidInput
from allocations.domain.numerals import grouped

LARGEST, WARNED, NEW, DRAWN = 5, 3, 3, 3
# A list that is no longer stands on the sheet whole: there is nothing to draw.
SHOWN_WHOLE = LARGEST + DRAWN


def check_opened(sample: Collection[int], opened: Collection[int]) -> None:
    """Raises InvalidInput with the numbers of the rows that are not opened yet."""
    if sentence := against_unopened(sample, opened):
        raise InvalidInput(sentence)


def against_unopened(sample: Collection[int], opened: Collection[int]) -> str:
    """What keeps the batch from being approved; "" when every row of the sample was opened."""
    left = sorted(set(sample) - set(opened))
    if not left:
        return ""
    named = ", ".join(grouped(number) for number in left)
    return f"Open {'row' if len(left) == 1 else 'rows'} {named} of the sample first."
