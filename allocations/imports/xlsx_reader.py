"""Workbooks, read by a child process under limits of memory and time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

import allocations
from allocations.domain.cells import Cell, OddCell, OddKind
from allocations.domain.files import FileRefused
from allocations.domain.problems import quoted
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


def open_xlsx(path: Path) -> Sheet:
    """Open the one sheet of a workbook that holds a list. Raises FileRefused here or while its blocks are read."""
    check_workbook(path)
    child = _start(path)
    try:
        overview = _hear(child)
        page, notes = _choose(overview["sheets"])
        notes += _hidden_sheets(overview["hidden"])
        _tell(child, page["name"])
        shape = _hear(child)
    except BaseException:
        _stop(child)
        raise
    return Sheet(
        head=list(page["head"]),
        blocks=_blocks(child),
        rows_total=page["rows"] - 1,
        close=partial(_stop, child),
        notes=notes + _hidden_cells(shape["hidden_rows"], shape["hidden_columns"]),
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
    line = _pipe(child.stdout).readline()
    if not line.endswith(b"\n"):
        raise FileRefused(_ENDINGS.get(child.wait(), _TOO_LARGE))
    message: dict[str, Any] = json.loads(line)
    return message


def _tell(child: "subprocess.Popen[bytes]", name: str) -> None:
    pipe = _pipe(child.stdin)
    pipe.write(json.dumps(name).encode() + b"\n")
    pipe.flush()


def _choose(pages: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """The sheet with data; among several the one whose first row is a header of ours, such as the template's."""
    filled = [page for page in pages if page["rows"]]
    if not filled:
        raise FileRefused("The file is empty. Choose a file with a header and at least one row.")
    lists = [page for page in filled if count_known(header_texts(page["head"][0])) >= 2]
    if len(filled) > 1 and len(lists) != 1:
        names = ", ".join(quoted(page["name"]) for page in (lists or filled))
        number = len(lists or filled)
        raise FileRefused(f"The workbook has {number} sheets with data ({names}). Keep the one with the list.")
    page = lists[0] if lists else filled[0]
    if page["columns"] > MAX_COLUMNS and len(header_texts(page["head"][0])) <= MAX_COLUMNS:
        raise FileRefused(_TOO_LARGE)
    others = ", ".join(quoted(other["name"]) for other in filled if other is not page)
    return page, [f"Only the sheet {quoted(page['name'])} is read; {others} is not a list."] if others else []


def _hidden_sheets(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} hidden {'sheets were' if count > 1 else 'sheet was'} ignored."]


def _hidden_cells(rows: int, columns: int) -> list[str]:
    found = ((rows, "row"), (columns, "column"))
    return [
        f"{count} hidden {word}{'s are' if count > 1 else ' is'} included. Remove what is not intended."
        for count, word in found
        if count
    ]


def _blocks(child: "subprocess.Popen[bytes]") -> Iterator[list[Record]]:
    header = 1
    while "rows" in (message := _hear(child)):
        rows: list[list[Cell]] = message["rows"]
        for row, column, kind, text in message["odd"]:
            if row >= header and column < len(rows[row]):
                rows[row][column] = OddCell(OddKind(kind), text)
        yield list(rows[header:])
        header = 0
