"""What a cell was in its workbook, kept beside a row where the clean value alone would not explain itself."""

import re
from collections.abc import Iterator, Mapping, Sequence

from allocations.domain.cells import FIELDS, Cell, NumberCell, OddCell

# Text in quotes or after a backslash is shown as it stands and formats nothing.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\[\]]*\]')
_SCIENTIFIC = re.compile("[eE][+-]")
# Of a list of text nothing is to be told, and nothing else is asked.
_PLAIN = frozenset({str})
# Field -> what the cell was and how Excel showed it ("" for General), as stored in Row.cells.
Forensics = dict[str, list[str]]


def forensics(cells: Sequence[Cell], raw: Mapping[str, str]) -> Forensics:
    """Of one row, `cells` in the order of FIELDS: cells that are no plain text, where the text as found is kept, and
    numbers that Excel shows shortened."""
    return {} if _PLAIN.issuperset(map(type, cells)) else dict(_telling(cells, raw))


def _telling(cells: Sequence[Cell], raw: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for field, cell in zip(FIELDS, cells, strict=True):
        if isinstance(cell, OddCell):
            yield field, [cell.kind.value, cell.number_format]
        elif isinstance(cell, NumberCell) and (field in raw or shows_shortened(cell.number_format)):
            yield field, ["number", cell.number_format]


def shows_shortened(number_format: str) -> bool:
    """True for 0.00E+00 and its like: Excel shows 9876543210 as 9.88E+09 and keeps every digit in the workbook."""
    return _SCIENTIFIC.search(_LITERAL.sub("", number_format)) is not None


def address(sheet: str, column: int, row: int) -> str:
    """Where a cell stands: C14 in delimited text, Sheet1!C14 in a workbook. `column` 0 is A."""
    place = f"{column_letter(column)}{row}"
    if not sheet:
        return place
    plain = sheet.isidentifier() and sheet.isascii()
    return f"{sheet}!{place}" if plain else "'{}'!{}".format(sheet.replace("'", "''"), place)


def column_letter(index: int) -> str:
    """The letter over a column in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
