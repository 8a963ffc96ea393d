"""From a stored file to a sheet, whatever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allocations.domain.readings import Choice
from allocations.imports.csv_reader import open_csv
from allocations.imports.jsonl_reader import open_jsonl
from allocations.imports.kinds import check_kind
from allocations.imports.sheets import Sheet
from allocations.imports.xlsx_reader import open_xlsx


@contextmanager
def opened(path: Path, *, kind: str, choice: Choice = Choice()) -> Iterator[Sheet]:  # noqa: B008 - it is frozen
    """Open a list of `kind` "csv", "paste", "xlsx" or "jsonl". Raises FileRefused with the sentence for the user."""
    check_kind(path, kind)
    sheet = _open(path, kind, choice)
    try:
        yield sheet
    finally:
        sheet.close()


def _open(path: Path, kind: str, choice: Choice) -> Sheet:
    match kind:
        case "xlsx":
            return open_xlsx(path, choice=choice)
        case "jsonl":
            return open_jsonl(path)
        case _:
            return open_csv(path, header_row=choice.header_row)
