"""The XLSX of an export: "About" says what it is and how it adds up, "Rows" holds the rows. Constant memory."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from allocations.exports.cells import FIGURES, Cell
from allocations.exports.resource import ExportField

MAX_ROWS = 1_048_575
# The format's own limit; a longer cell makes Excel call the file damaged.
MAX_TEXT = 32_767
# Excel keeps 15 digits of a number. One with more is written as text.
_MAX_DIGITS = 15
_WIDTH = 18
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class XlsxFile:
    """Write the rows, then what is known only afterwards. The file is complete behind the `with`."""

    def __init__(self, file: IO[bytes], *, folder: str | None = None) -> None:
        # The library keeps rows in files of its own and forgets them if it is not asked to finish.
        self._folder = TemporaryDirectory(prefix="export-", dir=folder)
        self._book = Workbook(file, {**OPTIONS, "tmpdir": self._folder.name})
        self._text = self._book.add_format({"num_format": "@"})
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._about = self._book.add_worksheet("About")
        self._rows = self._book.add_worksheet("Rows")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._folder.cleanup()

    def write_rows(self, columns: Sequence[ExportField], blocks: Iterable[Sequence[Sequence[Cell]]]) -> None:
        sheet = self._rows
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        figures = frozenset(index for index, column in enumerate(columns) if column.kind in FIGURES)
        self._write(sheet, 0, [column.column_name for column in columns], form=self._head)
        number = 0
        for block in blocks:
            for record in zip(*block, strict=True):
                number += 1
                self._write(sheet, number, record, form=self._text, figures=figures)
        sheet.autofilter(0, 0, number, len(columns) - 1)

    def write_about(self, lines: Iterable[Sequence[Cell]]) -> None:
        self._about.set_column(0, 2, 28)
        for number, line in enumerate(lines):
            figures = frozenset(index for index, cell in enumerate(line) if not isinstance(cell, str))
            self._write(self._about, number, line, form=self._text, figures=figures)

    @staticmethod
    def _write(
        sheet: Worksheet, number: int, record: Sequence[Cell], *, form: Format, figures: frozenset[int] = frozenset()
    ) -> None:
        for index, cell in enumerate(record):
            if cell == "":
                continue
            if index in figures and is_exact(cell):
                sheet.write_number(number, index, cell)
            else:
                sheet.write_string(number, index, str(cell)[:MAX_TEXT], form)


def is_exact(figure: Cell) -> bool:
    """Whether a spreadsheet keeps every digit."""
    return len(Decimal(figure).as_tuple().digits) <= _MAX_DIGITS
