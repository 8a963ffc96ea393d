"""An export for programs: one JSON object a line, UTF-8, text exactly as it is stored, no apostrophe in front."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

from allocations.exports.cells import FIGURES, Cell, Kind
from allocations.exports.resource import ExportField

# Made once: json.dumps would build an encoder for every row.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Value = str | int | None


def write_jsonl(file: IO[bytes], columns: Sequence[ExportField], blocks: Iterable[Sequence[Sequence[Cell]]]) -> None:
    """`blocks`: the cells of some hundred rows each, by column. Keys are the headers of the CSV."""
    names = [column.column_name for column in columns]
    for block in blocks:
        values = [list(_values(column.kind, cells)) for column, cells in zip(columns, block, strict=True)]
        lines = [_encode(dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)]
        file.write(("\n".join(lines) + "\n").encode())


def _values(kind: Kind, cells: Iterable[Cell]) -> Iterator[Value]:
    """Points are strings of decimal digits: a reader's floating point would round paise of large balances."""
    for cell in cells:
        if kind in FIGURES and cell == "":
            yield None
        else:
            yield str(cell) if kind is Kind.POINTS or isinstance(cell, Decimal) else cell
