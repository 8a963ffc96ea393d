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

from allocations.domain.cells import EXACT
from allocations.imports.workbook_formats import Formats, styles_of
from allocations.imports.workbook_scan import Odd, cells_of, scan

MEMORY = 2 << 30
CPU_SECONDS = 120
BLOCK = 5_000
HEAD = 12
PLAIN = frozenset({str, float})
Plain = str | int | float


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with CalamineWorkbook.from_path(path) as book:
        pages = [page for page in book.sheets_metadata if page.typ == SheetTypeEnum.WorkSheet]
        shown = [page.name for page in pages if page.visible == SheetVisibleEnum.Visible]
        sheet: CalamineSheet | None = None
        sheets: list[dict[str, Any]] = []
        # Backwards and one at a time: the list is mostly the first sheet, which then need not be read again.
        for name in reversed(shown):
            sheet = None
            sheet = book.get_sheet_by_name(name)
            sheets.append(overview(sheet, name))
        say({"sheets": sheets[::-1], "hidden": len(pages) - len(shown)})
        wanted = json.loads(sys.stdin.readline() or "null")
        if wanted is None:
            return
        if sheet is None or wanted != shown[0]:
            sheet = None
            sheet = book.get_sheet_by_name(wanted)
        tell(path, sheet, wanted)


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def overview(sheet: CalamineSheet, name: str) -> dict[str, Any]:
    if sheet.end is None:
        return {"name": name, "rows": 0, "columns": 0, "head": []}
    rows = records(sheet)
    head = [list(map(str, row)) for row, _ in zip(rows, range(HEAD), strict=False)]
    return {"name": name, "rows": sheet.end[0] + 1, "columns": sheet.end[1] + 1, "head": head}


def tell(path: str, sheet: CalamineSheet, name: str) -> None:
    with zipfile.ZipFile(path) as parts:
        formats = Formats(styles_of(parts))
        found = scan(parts, name, also=formats.collect)
    merged = sheet.merged_cell_ranges or []
    for position in cells_of(merged):
        found.odd.setdefault(position, ("merged", ""))
    say({"hidden_rows": found.rows, "hidden_columns": found.columns, "formats": formats.codes})
    block: list[list[Plain]] = []
    odd: list[tuple[int, int, str, str]] = []
    for number, row in enumerate(records(sheet, odd=odd)):
        block.append(row)
        if len(block) == BLOCK:
            send(block, number + 1 - BLOCK, odd, found.odd, formats)
            block, odd[:] = [], []
    send(block, (sheet.end[0] + 1 if sheet.end else 0) - len(block), odd, found.odd, formats)
    say({"end": True})


def send(
    block: list[list[Plain]],
    start: int,
    odd: list[tuple[int, int, str, str]],
    found: dict[tuple[int, int], Odd],
    formats: Formats,
) -> None:
    """Positions of odd cells count from the first row of the block."""
    marks = [(row - start, column, kind, text) for row, column, kind, text in odd]
    stop = start + len(block)
    if found:
        marks += [(row - start, column, *mark) for (row, column), mark in found.items() if start <= row < stop]
    say({"rows": block, "odd": marks, "formats": formats.between(start, stop)})


def records(sheet: CalamineSheet, *, odd: list[tuple[int, int, str, str]] | None = None) -> Iterator[list[Plain]]:
    """Rows from the sheet's first one on, texts as texts and numbers as numbers; other cells are noted in `odd`."""
    start = sheet.start or (0, 0)
    pad: list[Plain] = [""] * start[1]
    for number, row in enumerate(sheet.iter_rows()):
        texts = [value if value.__class__ is str else plain(value) for value in row]
        if odd is not None and not PLAIN.issuperset(map(type, row)):
            odd += (
                (number, column + start[1], "boolean" if isinstance(value, bool) else "date", str(texts[column]))
                for column, value in enumerate(row)
                if not isinstance(value, (str, float)) and (isinstance(value, bool) or not isinstance(value, int))
            )
        yield pad + texts


def plain(value: object) -> Plain:
    """Text as a person sees it, or a number; whole as long as Excel holds every digit of it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return f"{value:E}"
        return int(value) if abs(value) < EXACT and value.is_integer() else value
    if isinstance(value, int):
        return value
    if isinstance(value, dt.datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (CalamineError, zipfile.BadZipFile, KeyError, StopIteration, ParseError, EOFError):
        raise SystemExit(3) from None
