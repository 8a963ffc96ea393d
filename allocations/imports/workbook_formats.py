"""Number formats of a sheet's cells, which the reader does not tell."""

import re
import zipfile
from array import array
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from allocations.imports.workbook_scan import column_index, parse

_STYLES = "xl/styles.xml"
# Beyond it a stylesheet costs more than what it explains.
_LARGEST_STYLES = 16 << 20
_COLUMNS = 60
_ROWS = 1 << 20
_MOST = 1_000
_GENERAL = frozenset({0, 49})
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "dd-mm-yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd-mm-yyyy h:mm",
    48: "##0.0E+0",
}


class Formats:
    """The format of each cell that has one of its own: two bytes a cell, nothing for a sheet of General and text."""

    def __init__(self, styles: dict[int, str]) -> None:
        """`styles`: a cell's style number -> the format that it stands for."""
        self.codes = ["", *dict.fromkeys(styles.values())]
        self._numbers = {b"%d" % style: self.codes.index(code) for style, code in styles.items()}
        self._columns: dict[int, array[int]] = {}
        choice = b"|".join(self._numbers)
        # Every writer puts place and style first; a cell of another one just has no format here.
        self._cell = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})" s="(' + choice + rb')"') if styles else None

    def collect(self, window: bytes) -> None:
        """Take the cells of one piece of the sheet's XML."""
        if self._cell is None:
            return
        for letters, row, style in self._cell.findall(window):
            column, index = column_index(letters), int(row) - 1
            if column >= _COLUMNS or index >= _ROWS:
                continue
            held = self._columns.setdefault(column, array("H"))
            if len(held) <= index:
                held.extend([0] * (index + 1 - len(held)))
            held[index] = self._numbers[style]

    def between(self, start: int, stop: int) -> list[tuple[int, str, list[int] | None]]:
        """Column, format and the rows from `start` on that have it; None for all of them."""
        return [
            found
            for column, held in self._columns.items()
            for found in self._in(column, held[start:stop], stop - start)
        ]

    def _in(self, column: int, held: "array[int]", size: int) -> Iterator[tuple[int, str, list[int] | None]]:
        for number in sorted(set(held) - {0}):
            if held.count(number) == size:
                yield column, self.codes[number], None
            else:
                yield column, self.codes[number], [row for row, own in enumerate(held) if own == number]


def styles_of(book: zipfile.ZipFile) -> dict[int, str]:
    """The workbook's cell styles that are neither General nor text, with their number formats."""
    if _STYLES not in book.namelist() or book.getinfo(_STYLES).file_size > _LARGEST_STYLES:
        return {}
    root = parse(book.read(_STYLES))
    own = {int(found.get("numFmtId", 0)): found.get("formatCode", "") for found in _under(root, "numFmts")}
    found = {}
    for style, xf in enumerate(_under(root, "cellXfs")):
        number = int(xf.get("numFmtId", 0))
        code = own.get(number) or _BUILT_IN.get(number, f"number {number}")
        if number not in _GENERAL and code not in {"General", "@"}:
            found[style] = code[:_MOST]
    return dict(list(found.items())[:_MOST])


def _under(root: ET.Element, name: str) -> Iterator[ET.Element]:
    for part in root:
        if part.tag.endswith(f"}}{name}"):
            yield from part
