"""Records of a sheet to blocks of clean rows with their problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocations.domain.cells import FIELDS, Cell, CleanRow, OddCell, RowLimits
from allocations.domain.files import FileRefused
from allocations.domain.forensics import forensics
from allocations.domain.numerals import grouped
from allocations.domain.problems import Problem, error, warning
from allocations.domain.rows import clean_row
from allocations.imports.layout import Picker
from allocations.imports.sheets import Record, Sheet
from allocations.services.importing_rows import Block, Load

_HIDDEN = warning("hidden_row", "", "", "is hidden in the workbook. It is included; leave it out if that is not meant.")
_LONGEST_RAW = 1000
# Rows of a block: the database stores them while the next ones are cleaned.
_TOGETHER = 250


@dataclass(slots=True)
class Blanks:
    """Blank records: those in the middle are worth a note, those at the end are not."""

    middle: int = 0
    trailing: int = 0

    def end_run(self) -> None:
        self.middle += self.trailing
        self.trailing = 0

    @property
    def total(self) -> int:
        return self.middle + self.trailing


class Cleaner:
    """Turns a sheet into loads of blocks. After the last load, `rows`, `hidden` and `blanks` are complete."""

    def __init__(self, picker: Picker, *, limits: RowLimits, max_rows: int) -> None:
        self.rows = self.hidden = 0
        self.blanks = Blanks()
        self._picker = picker
        self._limits = limits
        self._max_rows = max_rows

    def loads(self, sheet: Sheet) -> Iterator[Load]:
        """Each one has to be taken to its end before the next.

        Raises FileRefused between two of them when the file turns out to be unreadable or too long.
        """
        number = sheet.header_row + 1
        for records in sheet.blocks:
            if records:
                yield Load(len(records), self._blocks(sheet, records, number))
            number += len(records)
            if self.rows > self._max_rows:
                raise FileRefused(f"The list has more than {grouped(self._max_rows)} rows. Split it.")
        if not self.rows:
            raise FileRefused("The file has a header but no rows. Add a row for each person.")

    def _blocks(self, sheet: Sheet, records: Sequence[Record], number: int) -> Iterator[Block]:
        for start in range(0, len(records), _TOGETHER):
            block = self._clean(records[start : start + _TOGETHER], number + start, watched=sheet.shows_shortened)
            self.rows += len(block.rows)
            if sheet.hidden_rows:
                self._mark_hidden(block, sheet.hidden_rows)
            if block.rows:
                yield block

    def _mark_hidden(self, block: Block, hidden: frozenset[int]) -> None:
        for at, number in enumerate(block.numbers):
            if number in hidden:
                self.hidden += 1
                block.findings[at] = (*block.findings.get(at, ()), _HIDDEN)

    def _clean(self, records: Sequence[Record], number: int, *, watched: bool) -> Block:
        block = Block()
        width, pick, limits, blanks = self._picker.width, self._picker.pick, self._limits, self.blanks
        for record in records:
            if len(record) == width or (len(record) > width and not any(record[width:])):
                cells = pick(record)
                row, problems = clean_row(cells, limits=limits)
            else:
                cells, row, problems = self._ragged(record)
            if problems and _is_blank(record):
                blanks.trailing += 1
            else:
                if blanks.trailing:
                    blanks.end_run()
                _append(block, number, cells, row, problems)
                if watched:
                    _keep_cells(block, cells)
            number += 1
        return block

    def _ragged(self, record: Record) -> tuple[tuple[Cell, ...], CleanRow, tuple[Problem, ...]]:
        """Of a record that does not fit the header only the wrong number of cells is worth telling."""
        width = self._picker.width
        kept = (*record[:width], *[""] * (width - len(record)))
        cells = self._picker.pick(kept)
        row, problems = clean_row(cells, limits=self._limits)
        if len(record) < width:
            message = f"has {len(record)} cells, the header has {width}. Add the missing cells."
            problems = (error("row_too_short", "", "", message),)
        elif not _is_blank(record[width:]):
            message = "has more cells than the header; a comma may be unquoted."
            problems = (error("row_too_long", "", "", message),)
        return cells, row, problems


def _append(block: Block, number: int, cells: Sequence[Cell], row: CleanRow, problems: tuple[Problem, ...]) -> None:
    if problems:
        block.findings[len(block.rows)] = problems
    if (
        problems
        or cells[3] != row.mobile
        or cells[4] != str(row.amount)
        or cells[:3] != row[:3]
        or cells[5:] != row[5:]
    ):
        raw = _raw(cells, row)
        if raw:
            block.raws[len(block.rows)] = raw
            if found := forensics(cells, raw):
                block.cells[len(block.rows)] = found
    block.numbers.append(number)
    block.rows.append(row)


def _keep_cells(block: Block, cells: Sequence[Cell]) -> None:
    """Of the row that was appended last, whose numbers Excel may show shortened though they are whole."""
    at = len(block.rows) - 1
    if at not in block.cells and (found := forensics(cells, {})):
        block.cells[at] = found


def _raw(cells: Sequence[Cell], row: CleanRow) -> dict[str, str]:
    """What was found in the cells whose clean value differs; NUL cannot be stored."""
    raw = {}
    for field, cell, value in zip(FIELDS, cells, row, strict=True):
        found = cell.text if isinstance(cell, OddCell) else cell
        if found != ("" if value is None else str(value)):
            raw[field] = found[:_LONGEST_RAW].replace("\0", "�")
    return raw


def _is_blank(record: Record) -> bool:
    return not any(isinstance(cell, OddCell) or cell.strip("\u00a0\u200b\ufeff \t\r\n") for cell in record)
