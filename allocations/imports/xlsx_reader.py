"""Workbooks, read by a child process under limits of memory and time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

import allocations
from allocations.domain.cells import EXACT, Cell, NumberCell, OddCell, OddKind
from allocations.domain.files import FileRefused
from allocations.domain.forensics import shows_shortened
from allocations.domain.guide import TEMPLATE_ID
from allocations.domain.problems import quoted
from allocations.domain.readings import Choice, ChoiceNeeded, SheetOffer
from allocations.imports.mapping import MAX_COLUMNS, count_known, header_texts
from allocations.imports.sheets import Record, Sheet
from allocations.imports.workbook_checks import check_workbook

_CHILD = "allocations.imports.xlsx_child"
_ROOT = str(Path(allocations.__path__[0]).parent)
_ENDINGS = {
    3: "The workbook is damaged. Save it again in Excel and upload that.",
    4: "The sheet contains too many formulas or merged cells. Paste values only into a new sheet.",
    5: "The workbook contains XML declarations that are not allowed.",
}
_TOO_LARGE = "The sheet is larger than the row limit. Delete the unused rows and columns, or save the list as CSV."


def open_xlsx(path: Path, *, choice: Choice) -> Sheet:
    """Open the sheet of a workbook that holds the list. Raises FileRefused here or while its blocks are read."""
    check_workbook(path)
    child = _start(path)
    try:
        overview = _hear(child)
        from_template = _is_template(overview["sheets"])
        page, notes = _choose(_lists(overview["sheets"]), wanted=choice.sheet)
        notes += _hidden_sheets(overview["hidden"])
        _tell(child, page["name"])
        shape = _hear(child)
    except BaseException:
        _stop(child)
        raise
    return Sheet(
        head=list(page["head"][choice.header_row - 1 :]),
        blocks=_blocks(child, header_row=choice.header_row),
        rows_total=page["rows"] - choice.header_row,
        close=partial(_stop, child),
        notes=notes,
        header_row=choice.header_row,
        name=page["name"],
        from_template=from_template,
        hidden_rows=frozenset(shape["hidden_rows"]),
        hidden_columns=frozenset(
            column for first, last in shape["hidden_columns"] for column in range(first, min(last + 1, MAX_COLUMNS))
        ),
        shows_shortened=any(map(shows_shortened, shape["formats"])),
    )


def _start(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own program; the path is the portal's, not the uploader's
        [sys.executable, "-P", "-m", _CHILD, str(path.resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _ROOT},
    )


def _stop(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    child.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise FileRefused(_ENDINGS[3])
    return pipe


def _hear(child: "subprocess.Popen[bytes]") -> dict[str, Any]:
    message: dict[str, Any] = json.loads(_line(child))
    return message


def _line(child: "subprocess.Popen[bytes]") -> bytes:
    line = _pipe(child.stdout).readline()
    if not line.endswith(b"\n"):
        raise FileRefused(_ENDINGS.get(child.wait(), _TOO_LARGE))
    return line


def _tell(child: "subprocess.Popen[bytes]", name: str) -> None:
    pipe = _pipe(child.stdin)
    pipe.write(json.dumps(name).encode() + b"\n")
    pipe.flush()


def _choose(pages: Sequence[dict[str, Any]], *, wanted: str) -> tuple[dict[str, Any], list[str]]:
    """The wanted sheet, else the only one with data; among several the one whose first row is a header of ours."""
    filled = [page for page in pages if page["rows"]]
    if not filled:
        raise FileRefused("The file is empty. Choose a file with a header and at least one row.")
    lists = [page for page in filled if count_known(header_texts(page["head"][0])) >= 2]
    named = [page for page in filled if page["name"] == wanted]
    if len(filled) > 1 and len(lists) != 1 and not named:
        _ask(lists or filled)
    page = (named or lists or filled)[0]
    if page["columns"] > MAX_COLUMNS and len(header_texts(page["head"][0])) <= MAX_COLUMNS:
        raise FileRefused(_TOO_LARGE)
    others = ", ".join(quoted(other["name"]) for other in filled if other is not page)
    return page, [f"Only the sheet {quoted(page['name'])} is read, not {others}."] if others else []


def _has_guide(page: dict[str, Any]) -> bool:
    return any(TEMPLATE_ID in record for record in page["head"])


def _is_template(pages: Sequence[dict[str, Any]]) -> bool:
    return any(map(_has_guide, pages))


def _lists(pages: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Without our own guide, which is no list and worth no note."""
    return [page for page in pages if not _has_guide(page)]


def _ask(pages: Sequence[dict[str, Any]]) -> NoReturn:
    names = ", ".join(quoted(page["name"]) for page in pages)
    raise ChoiceNeeded(
        f"The workbook has {len(pages)} sheets with data ({names}). Choose one, or keep only that one in the workbook.",
        sheets=[SheetOffer(page["name"], page["rows"]) for page in pages],
    )


def _hidden_sheets(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} hidden {'sheets were' if count > 1 else 'sheet was'} ignored."]


def _blocks(child: "subprocess.Popen[bytes]", *, header_row: int) -> Iterator[list[Record]]:
    header = header_row
    while "rows" in (message := json.loads(_line(child), parse_int=NumberCell, parse_float=_fraction)):
        rows: list[list[Cell]] = message["rows"]
        for at, column, kind, text in message["odd"]:
            row = rows[int(at)]
            if int(at) >= header and int(column) < len(row):
                row[int(column)] = OddCell(OddKind(kind), text)
        _set_formats(rows, message["formats"])
        yield list(rows[header:])
        header = 0


def _fraction(text: str) -> NumberCell:
    """Numbers that Excel cannot hold exactly stay in scientific notation, to be refused."""
    return NumberCell(f"{float(text):E}" if abs(float(text)) >= EXACT else text)


def _set_formats(rows: list[list[Cell]], formats: Sequence[tuple[str, str, list[str] | None]]) -> None:
    for place, code, own in formats:
        column = int(place)
        for at in range(len(rows)) if own is None else map(int, own):
            cell = rows[at][column] if column < len(rows[at]) else ""
            if isinstance(cell, NumberCell):
                cell.number_format = code
            elif isinstance(cell, OddCell):
                rows[at][column] = replace(cell, number_format=code)
