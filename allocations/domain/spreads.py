"""How the points of a list spread over its people, counted row by row while the list is frozen."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappush, heapreplace
from itertools import pairwise
from typing import Any, Self

from allocations.domain.samples import LARGEST

BAND_TOPS = (250, 500, 1_000, 2_500, 5_000)


@dataclass(frozen=True, slots=True)
class Band:
    """People whose points are above `over` and up to `up_to` (None: no upper end)."""

    over: int
    up_to: int | None
    people: int
    points: int


@dataclass(frozen=True, slots=True)
class Spread:
    """`largest`: row numbers, most points first, of equal ones the earlier first."""

    largest: tuple[int, ...]
    bands: tuple[Band, ...]

    def stored(self) -> dict[str, list[Any]]:
        return {"largest": list(self.largest), "bands": [[band.people, band.points] for band in self.bands]}

    @classmethod
    def of_stored(cls, kept: dict[str, list[Any]]) -> Self:
        return cls(tuple(kept["largest"]), _bands(kept["bands"]))


class SpreadCount:
    """Takes every row of a list in turn; keeps a figure a band and the few largest rows."""

    def __init__(self) -> None:
        self._people = [0] * (len(BAND_TOPS) + 1)
        self._points = [0] * (len(BAND_TOPS) + 1)
        # The least of the largest first; of equal amounts the later row is the lesser.
        self._largest: list[tuple[int, int]] = []

    def add(self, number: int, amount: int) -> None:
        band = bisect_left(BAND_TOPS, amount)
        self._people[band] += 1
        self._points[band] += amount
        row = (amount, -number)
        if len(self._largest) < LARGEST:
            heappush(self._largest, row)
        elif row > self._largest[0]:
            heapreplace(self._largest, row)

    def spread(self) -> Spread:
        largest = tuple(-number for _, number in sorted(self._largest, reverse=True))
        return Spread(largest, _bands(zip(self._people, self._points, strict=True)))


def _bands(counted: Iterable[Iterable[int]]) -> tuple[Band, ...]:
    edges = pairwise((0, *BAND_TOPS, None))
    return tuple(Band(over or 0, top, *figures) for (over, top), figures in zip(edges, counted, strict=True))
