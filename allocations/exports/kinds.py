"""The kinds of files that rows go out as."""

from enum import StrEnum

from allocations.domain.errors import InvalidInput


class FileKind(StrEnum):
    """CSV is safe to open in a spreadsheet; CSV_EXACT is for programs and holds every text as it is stored."""

    CSV = "csv"
    CSV_EXACT = "csv-exact"
    XLSX = "xlsx"
    JSONL = "jsonl"

    @property
    def ending(self) -> str:
        """What the name of such a file ends with: both kinds of CSV say which one they are."""
        match self:
            case FileKind.CSV:
                return "-safe.csv"
            case FileKind.CSV_EXACT:
                return "-exact.csv"
            case FileKind.XLSX | FileKind.JSONL:
                return f".{self}"


CSVS = (FileKind.CSV, FileKind.CSV_EXACT)


def kind_of(kind: str, *, of: tuple[FileKind, ...] = tuple(FileKind)) -> FileKind:
    """Raises InvalidInput for one that is not offered."""
    if kind not in of:
        raise InvalidInput(f"“{kind}” is not a kind of file. Choose {', '.join(of)}.")
    return FileKind(kind)
