"""How a file was read, and what its cells were, in words."""

from collections.abc import Mapping, Sequence

from allocations.domain.forensics import address, shows_shortened
from allocations.models import Row, Upload

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "windows-1252": "Windows-1252"}
_KINDS = {
    "number": "number",
    "formula": "formula",
    "error": "Excel error",
    "boolean": "TRUE or FALSE",
    "date": "date",
    "merged": "part of a merged cell",
}


def how_read(upload: Upload) -> str:
    """The sheet of a workbook, or encoding and delimiter of text; and the header's row where it is not the first."""
    parts = [f"sheet “{upload.sheet}”"] if upload.sheet else _text(upload)
    if upload.header_row > 1:
        parts.append(f"header in row {upload.header_row}")
    return ", ".join(parts)


def _text(upload: Upload) -> list[str]:
    if not upload.encoding:
        return []
    encoding = _ENCODINGS.get(upload.encoding, upload.encoding.upper())
    by = _DELIMITERS.get(upload.delimiter, f"“{upload.delimiter}”")
    return [f"{encoding} text", f"columns separated by {by}"]


def cell_notes(row: Row, upload: Upload | None) -> dict[str, str]:
    """Field -> where its cell stands and what it was, for cells that are not simply their clean value.

    "Sheet1!C14, number, format 0.00E+00" in a workbook, "C14" in delimited text.
    """
    if upload is None:
        return {}
    cells: Mapping[str, list[str]] = row.cells or {}
    return {
        field: _note(row, upload, field, cells.get(field))
        for field in upload.mapping
        if field in row.raw or field in cells
    }


def _note(row: Row, upload: Upload, field: str, cell: Sequence[str] | None) -> str:
    place = address(upload.sheet, upload.mapping[field], row.number)
    if not upload.sheet:
        return place
    kind, number_format = cell or ("text", "")
    words = [place, _KINDS.get(kind, kind), *([f"format {number_format}"] if number_format else [])]
    if field not in row.raw and shows_shortened(number_format):
        words.append("shown shortened by Excel, read in full")
    return ", ".join(words)
