"""A correction workbook that came back: opened under the limits of a list, and read by the ids of its rows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from allocations.domain.cells import HEADERS, Cell, OddCell
from allocations.domain.corrections import ID, LOCKED, LONGEST_CELL, Line, row_id
from allocations.domain.files import FileRefused
from allocations.domain.numerals import grouped
from allocations.domain.readings import ChoiceNeeded
from allocations.imports.mapping import header_texts
from allocations.imports.opening import opened
from allocations.imports.sheets import Record, Sheet

_NO_WORKBOOK = (
    f"This is no correction workbook: no column of it is called “{ID}”. Download the workbook and correct that."
)
_ODD = {
    "formula": "contains a formula. Paste values only.",
    "error": "contains an Excel error. Type what is meant.",
    "boolean": "contains TRUE or FALSE. Type what is meant.",
    "date": "is a date. Type it as text.",
    "merged": "is part of a merged cell. Unmerge it.",
}


def read_workbook(path: Path) -> list[Line]:
    """Its lines in order. Raises FileRefused with the first line that cannot be a corrected row."""
    try:
        with opened(path, kind="xlsx") as sheet:
            lines = list(_lines(sheet))
    except ChoiceNeeded:
        raise FileRefused(_NO_WORKBOOK) from None
    if not lines:
        raise FileRefused("The workbook has no rows any more. Download it again.")
    return lines


def _lines(sheet: Sheet) -> Iterator[Line]:
    places = _places(header_texts(sheet.head[0]) if sheet.head else [])
    at = sheet.header_row
    for records in sheet.blocks:
        for record in records:
            at += 1
            if any(isinstance(cell, OddCell) or cell.strip() for cell in record):
                yield _line(at, record, places)


def _places(header: Sequence[str]) -> Mapping[str, int]:
    """Where each of our columns stands: people move columns, and may add their own."""
    if ID not in header:
        raise FileRefused(_NO_WORKBOOK)
    wanted = (*LOCKED, *HEADERS.values())
    for name in wanted:
        if header.count(name) > 1:
            raise FileRefused(f"The column “{name}” occurs twice. Keep the one of the workbook as it was downloaded.")
        if name not in header:
            raise FileRefused(f"The column “{name}” is missing. Download the workbook again and correct that.")
    return {name: header.index(name) for name in wanted}


def _line(at: int, record: Record, places: Mapping[str, int]) -> Line:
    def cell(name: str) -> Cell:
        return record[places[name]] if places[name] < len(record) else ""

    id_, *beside = (_shown(cell(name)) for name in LOCKED)
    if not id_.strip():
        raise FileRefused(
            f"Line {at} has no id. Rows cannot be added in this workbook: delete the line. Add people by another list."
        )
    found = row_id(id_)
    if found is None:
        raise FileRefused(f"Line {at}: the id was changed. Download the workbook again and correct that.")
    texts = {field: _text(at, name, cell(name)) for field, name in HEADERS.items()}
    return Line(at, found, texts, tuple(beside))


def _shown(cell: Cell) -> str:
    return cell.text if isinstance(cell, OddCell) else cell


def _text(at: int, name: str, cell: Cell) -> str:
    if isinstance(cell, OddCell):
        raise FileRefused(f"Line {at}, column “{name}”, {_ODD[cell.kind]}")
    if len(cell) > LONGEST_CELL:
        raise FileRefused(f"Line {at}, column “{name}”, is longer than {grouped(LONGEST_CELL)} characters. Shorten it.")
    if "\0" in cell:
        raise FileRefused(f"Line {at}, column “{name}”, contains a NUL character. Type the text again.")
    # Not the spreadsheet's kind of text: what is kept is plain.
    return str(cell)
