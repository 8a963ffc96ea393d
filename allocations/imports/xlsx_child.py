"""Runs as a program of its own: reads one workbook under limits and writes lines of JSON.

A hostile workbook can make any parser take all memory or never end, so it happens in a process that may die. The
talk: we write {"sheets": [...]}, read one line with the chosen sheet's name, and write blocks of rows. It imports
no Django, so that it starts in a few milliseconds. Exit codes: 3 damaged, 4 too much that is odd, 5 forbidden XML.
"""

import datetime as dt
import json
import math
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from allocations.imports.workbook_scan import Odd, cells_of, scan

MEMORY = 2 << 30
CPU_SECONDS = 120
BLOCK = 5_000
HEAD = 12
PLAIN = frozenset({str, float})


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with CalamineWorkbook.from_path(path) as book:
        pages = [page for page in book.sheets_metadata if page.typ == SheetTypeEnum.WorkSheet]
        shown = [page.name for page in pages if page.visible == SheetVisibleEnum.Visible]
        say({"sheets": [overview(book, name) for name in shown], "hidden": len(pages) - len(shown)})
        name = json.loads(sys.stdin.readline() or "null")
        if name is not None:
            tell(path, book.get_sheet_by_name(name), name)


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def overview(book: CalamineWorkbook, name: str) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        return {"name": name, "rows": 0, "columns": 0, "head": []}
    rows = records(sheet)
    head = [row for row, _ in zip(rows, range(HEAD), strict=False)]
    return {"name": name, "rows": sheet.end[0] + 1, "columns": sheet.end[1] + 1, "head": head}


def tell(path: str, sheet: CalamineSheet, name: str) -> None:
    found, hidden_rows, hidden_columns = scan(path, name)
    merged = sheet.merged_cell_ranges or []
    for position in cells_of(merged):
        found.setdefault(position, ("merged", ""))
    say({"hidden_rows": hidden_rows, "hidden_columns": hidden_columns})
    block: list[list[str]] = []
    odd: list[tuple[int, int, str, str]] = []
    for number, row in enumerate(records(sheet, odd=odd)):
        block.append(row)
        if len(block) == BLOCK:
            send(block, number + 1 - BLOCK, odd, found)
            block, odd[:] = [], []
    send(block, (sheet.end[0] + 1 if sheet.end else 0) - len(block), odd, found)
    say({"end": True})


def send(
    block: list[list[str]], start: int, odd: list[tuple[int, int, str, str]], found: dict[tuple[int, int], Odd]
) -> None:
    """Positions of odd cells count from the first row of the block."""
    marks = [(row - start, column, kind, text) for row, column, kind, text in odd]
    if found:
        stop = start + len(block)
        marks += [(row - start, column, *mark) for (row, column), mark in found.items() if start <= row < stop]
    say({"rows": block, "odd": marks})


def records(sheet: CalamineSheet, *, odd: list[tuple[int, int, str, str]] | None = None) -> Iterator[list[str]]:
    """Rows from the sheet's first one on as texts; typed cells are noted in `odd`."""
    start = sheet.start or (0, 0)
    pad = [""] * start[1]
    for number, row in enumerate(sheet.iter_rows()):
        texts = [value if value.__class__ is str else text(value) for value in row]
        if odd is not None and not PLAIN.issuperset(map(type, row)):
            odd += (
                (number, column + start[1], "boolean" if isinstance(value, bool) else "date", texts[column])
                for column, value in enumerate(row)
                if not isinstance(value, (str, float)) and (isinstance(value, bool) or not isinstance(value, int))
            )
        yield pad + texts


def text(value: object) -> str:
    """What a person sees. Numbers that Excel cannot hold exactly stay in scientific notation, to be refused."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value) or abs(value) >= 1e15:
            return f"{value:E}"
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (CalamineError, zipfile.BadZipFile, KeyError, StopIteration, ParseError, EOFError):
        raise SystemExit(3) from None
