"""Where the bars of a chart that the server draws stand, in pixels of the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

# Left of it the labels.
BAR_X = 112
_TOP, _STEP, _WIDEST = 7, 28, 250


@dataclass(frozen=True, slots=True)
class Place:
    """Of one bar, and of the words on its line."""

    top: int
    width: int

    @property
    def text_y(self) -> int:
        return self.top + 12

    @property
    def text_x(self) -> int:
        return BAR_X + self.width + 8


def places(values: Sequence[int]) -> list[Place]:
    """A bar for each value, to scale; one with anything in it is at least two pixels wide, so that it is seen."""
    most = max(values, default=0) or 1
    return [
        Place(top=_TOP + _STEP * line, width=max(value * _WIDEST // most, 2 if value else 0))
        for line, value in enumerate(values)
    ]


def height(lines: int) -> int:
    """Of the drawing."""
    return _TOP + _STEP * lines
