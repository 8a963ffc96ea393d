"""What a file is, by its first bytes: names and content types lie."""

from pathlib import Path

from allocations.domain.files import FileRefused

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf", b"{\\rtf", b"BM")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
TEXT_KINDS = frozenset({"csv", "tsv", "tab", "txt", "paste", ""})
ONLY = "Only .csv and .xlsx are accepted."


def check_kind(path: Path, kind: str) -> None:
    """Raise FileRefused when the content is not what `kind` says: "paste" or the file name's suffix."""
    if kind == "xlsm":
        raise FileRefused("Workbooks with macros are not accepted. Save it as .xlsx.")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLE):
        raise FileRefused(_ole(path))
    if start.startswith(_OTHERS) or kind not in {"xlsx", *TEXT_KINDS, "jsonl", "xls"}:
        raise FileRefused(ONLY)
    zipped = start.startswith(_ZIP)
    if kind == "xlsx" and start and not zipped:
        raise FileRefused("This is not an Excel workbook. Is it a CSV file?")
    if kind != "xlsx" and zipped:
        raise FileRefused(f"This is an Excel workbook with a .{kind or 'csv'} name. Rename it to .xlsx.")


def _ole(path: Path) -> str:
    """Old workbooks and encrypted new ones share one container."""
    if _ENCRYPTED in path.read_bytes():
        return "The workbook is password-protected. Remove the password and upload again."
    return "Old .xls files are not supported. Save as .xlsx."
