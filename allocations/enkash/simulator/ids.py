"""EnKash's identifiers in the shapes its documentation shows: EK+6, EKC+7, ECT+10."""

import itertools
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Coprime to 36, so the scattered numbers never meet before the width is used up.
STRIDE: Final = 7_919_999_993
# Three digits at a time: identifiers are most of the work of a bulk row.
TRIPLES: Final = tuple(map("".join, itertools.product(ALPHABET, repeat=3)))


class Sequence:
    """Identifiers that never repeat and do not look like a counter."""

    def __init__(self, prefix: str, *, width: int, seed: int, start: int = 0) -> None:
        self.prefix = prefix
        self.used = start
        self._size = 36**width
        self._width = width
        self._offset = seed * 104_729
        self._numbers = itertools.count(start)

    def next(self) -> str:
        number = next(self._numbers)
        self.used = number + 1
        return self.prefix + base36((number * STRIDE + self._offset) % self._size, width=self._width)


def base36(number: int, *, width: int) -> str:
    """The number in upper-case base 36, filled with zeros to the width."""
    digits = ""
    for _ in range(0, width, 3):
        number, low = divmod(number, len(TRIPLES))
        digits = TRIPLES[low] + digits
    return digits[-width:]
