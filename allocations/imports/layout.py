"""What the first records of a list tell: its header, what the columns mean, and sample values to show."""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from allocations.domain.cells import FIELDS, Cell, OddCell
from allocations.domain.files import FileRefused
from allocations.imports.mapping import Mapping, automap, check_title_rows, chosen, header_texts
from allocations.imports.sheets import Sheet

_SAMPLES = 3
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The header's texts and up to three values of each column, as stored on the upload."""

    texts: list[str]
    sample: list[list[str]]


class Picker:
    """Takes a record's cells in the order of FIELDS; a field without a column is always empty."""

    def __init__(self, mapping: Mapping, *, width: int) -> None:
        self.width = width
        self._pick = itemgetter(*(mapping.columns.get(field, width) for field in FIELDS))

    def pick(self, record: Sequence[Cell]) -> tuple[Cell, ...]:
        """The record has `width` cells, or more of which the further ones are empty."""
        cells: tuple[Cell, ...] = self._pick((*record, ""))
        return cells


def read_header(sheet: Sheet) -> Header:
    """Raises FileRefused when there is nothing to read."""
    if not sheet.head:
        raise FileRefused("The file is empty. Choose a file with a header and at least one row.")
    texts = header_texts(sheet.head[0])
    body = [[_shown(cell) for cell in record] for record in sheet.head[1:] if any(record)]
    columns = [[record[index] for record in body if index < len(record)] for index in range(len(texts))]
    return Header(texts, [[value for value in column if value][:_SAMPLES] for column in columns])


def map_header(sheet: Sheet, header: Header, override: ReadOnly[str, int] | None) -> Mapping:
    """A person's choice wins over the automatic mapping. Raises FileRefused with what is missing or doubled."""
    if override is not None:
        return chosen(header.texts, override)
    if sheet.header_row == 1:
        check_title_rows([header_texts(record) for record in sheet.head])
    return automap(header.texts)


def _shown(cell: Cell) -> str:
    text = cell.text if isinstance(cell, OddCell) else cell
    return text.replace("\0", "").strip()[:_SHOWN]
