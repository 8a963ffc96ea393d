"""From a stored file to a sheet, whatever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allocations.imports.csv_reader import open_csv
from allocations.imports.kinds import check_kind
from allocations.imports.sheets import Sheet
from allocations.imports.xlsx_reader import open_xlsx


@contextmanager
def opened(path: Path, *, kind: str) -> Iterator[Sheet]:
    """Open a list of `kind` "csv", "paste" or "xlsx". Raises FileRefused with the sentence for the user."""
    check_kind(path, kind)
    sheet = open_xlsx(path) if kind == "xlsx" else open_csv(path)
    try:
        yield sheet
    finally:
        sheet.close()
