"""Workbooks for tests, made by openpyxl or by hand."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = ["Name", "Mobile", "Amount"]


def book(path: Path, *rows: list, change: Callable[[Workbook, Worksheet], None] | None = None) -> Path:
    """One sheet with a header and `rows`; `change` has the last word before it is saved."""
    made = Workbook()
    sheet = made.active
    for row in (HEADER, *rows):
        sheet.append(row)
    if change is not None:
        change(made, sheet)
    made.save(path)
    return path


def rezipped(path: Path, *, add: dict[str, bytes] | None = None, drop: tuple[str, ...] = ()) -> Path:
    """The workbook with parts added or left out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist() if name not in drop}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**parts, **(add or {})}.items():
            new.writestr(name, content)
    return path
