"""EnKash's identifiers in the shapes its documentation shows: EK+6, EKC+7, ECT+10."""

import itertools
from typing import Final

# Odd, so coprime to every power of 16: the scattered numbers never meet before the width is used up.
STRIDE: Final = 7_919_999_993


class Sequence:
    """Identifiers that never repeat and do not look like a counter: `width` hexadecimal digits after the prefix."""

    def __init__(self, prefix: str, *, width: int, seed: int, start: int = 0) -> None:
        self.prefix = prefix
        self.used = start
        self._width = width
        self._mask = 16**width - 1
        self._offset = seed * 104_729
        self._numbers = itertools.count(start)

    def next(self) -> str:
        number = next(self._numbers)
        self.used = number + 1
        scattered = (number * STRIDE + self._offset) & self._mask
        return f"{self.prefix}{scattered:0{self._width}X}"
