"""A sample list as files: CSV with everything as text, XLSX with the mixture of cells that people make."""

import csv
from collections.abc import Iterable
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from allocations.domain.cells import FIELDS
from allocations.imports.resource import headers
from allocations.imports.sampling import SampleRow


def write_sample(rows: Iterable[SampleRow], folder: Path, *, stem: str) -> tuple[Path, Path]:
    """Write `stem`.csv and `stem`.xlsx with the same content into `folder`; memory does not grow with the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    csv_path, xlsx_path = folder / f"{stem}.csv", folder / f"{stem}.xlsx"
    with csv_path.open("w", encoding="utf-8", newline="") as file, Workbook(str(xlsx_path), _OPTIONS) as book:
        writer, sheet = csv.writer(file), book.add_worksheet("Sample")
        writer.writerow(headers())
        sheet.write_row(0, 0, headers())
        for number, row in enumerate(rows, start=1):
            writer.writerow(row.cells)
            _write_cells(sheet, number, row)
    return csv_path, xlsx_path


_OPTIONS = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}


def _write_cells(sheet: Worksheet, number: int, row: SampleRow) -> None:
    for column, (field, text) in enumerate(zip(FIELDS, row.cells, strict=True)):
        if field in row.numeric:
            sheet.write_number(number, column, int(text))
        elif text:
            sheet.write_string(number, column, text)
