"""Looks into a workbook's zip before anything parses it: bombs, macros, encryption, odd parts."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from allocations.domain.files import FileRefused

MAX_PARTS = 200
# Small workbooks of equal cells compress better than any bomb that matters.
_RATIO_FROM = 64 << 20
_DAMAGED = "The workbook is damaged. Save it again in Excel and upload that."
_TOO_LARGE = "The workbook expands to more than the limit. Delete what is not part of the list."
_FOREIGN = ("xl/embeddings/", "xl/externalLinks/", "xl/activeX/", "xl/connections.xml")


def check_workbook(path: Path) -> None:
    """Raise FileRefused for a workbook that must not be opened."""
    try:
        with zipfile.ZipFile(path) as book:
            _check_parts(book.infolist())
            _check_prologs(book)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError):
        raise FileRefused(_DAMAGED) from None


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    _check_size(parts)
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("The workbook is password-protected. Remove the password and upload again.")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("Workbooks with macros are not accepted. Save it as .xlsx.")
    if any(name.startswith(_FOREIGN) for name in names):
        raise FileRefused("The workbook contains embedded objects or external links. Copy the values to a new one.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileRefused("This is not an Excel workbook. Only .csv and .xlsx are accepted.")
    if "xl/workbook.xml" not in names or len(set(names)) < len(names) or any(_escapes(name) for name in names):
        raise FileRefused(_DAMAGED)


def _check_size(parts: Sequence[zipfile.ZipInfo]) -> None:
    expanded = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = expanded > _RATIO_FROM and expanded > settings.XLSX_MAX_RATIO * max(packed, 1)
    if len(parts) > MAX_PARTS or expanded > settings.XLSX_MAX_BYTES or bomb:
        raise FileRefused(_TOO_LARGE)


def _escapes(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")


def _check_prologs(book: zipfile.ZipFile) -> None:
    for part in book.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with book.open(part) as content:
            if b"<!DOCTYPE" in content.read(4096).replace(b"\0", b"").upper():
                raise FileRefused("The workbook contains XML declarations that are not allowed.")
