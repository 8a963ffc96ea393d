"""From a stored file to a sheet, whatever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allocations.domain.readings import Choice
from allocations.imports.csv_reader import open_csv
from allocations.imports.kinds import check_kind
from allocations.imports.sheets import Sheet
from allocations.imports.xlsx_reader import open_xlsx


@contextmanager
def opened(path: Path, *, kind: str, choice: Choice = Choice()) -> Iterator[Sheet]:  # noqa: B008 - it is frozen
    """Open a list of `kind` "csv", "paste" or "xlsx". Raises FileRefused with the sentence for the user."""
    check_kind(path, kind)
    sheet = open_xlsx(path, choice=choice) if kind == "xlsx" else open_csv(path, header_row=choice.header_row)
    try:
        yield sheet
    finally:
        sheet.close()
