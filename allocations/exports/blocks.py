"""Rows on their way into a file: some hundred at a time, by column, counted as they pass."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from allocations.exports.cells import Cell, Reader, cells
from allocations.exports.resource import ExportField
from allocations.exports.tallies import Tally

_BLOCK = 500


def cell_blocks(
    records: Iterable[tuple[Any, ...]], shown: Sequence[ExportField], tally: Tally, reader: Reader
) -> Iterator[list[Sequence[Cell]]]:
    """`records`: the values of `paths(shown)`. Rows never become objects."""
    at = {path: index for index, path in enumerate(paths(shown))}
    rest = iter(records)
    while block := list(islice(rest, _BLOCK)):
        stored = list(zip(*block, strict=True))
        credited, taken_back = stored[at["credited_points"]], stored[at["reversed_points"]]
        tally.add(stored[at["state"]], stored[at["amount"]], credited=credited, taken_back=taken_back)
        yield [cells(column.kind, values, reader) for column, values in zip(shown, stored, strict=True)]


def paths(shown: Sequence[ExportField]) -> list[str]:
    return [column.attribute for column in shown]
