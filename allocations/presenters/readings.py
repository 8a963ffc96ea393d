"""How a file was read, and what its cells were, in words."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.forensics import address, shows_shortened
from allocations.models import Row, Upload

_DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("vertical bars"),
}
_ENCODINGS = {"utf-8-sig": "UTF-8", "windows-1252": "Windows-1252"}
_KINDS = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "formula": gettext_lazy("formula"),
    "error": gettext_lazy("Excel error"),
    "boolean": gettext_lazy("TRUE or FALSE"),
    "date": gettext_lazy("date"),
    "merged": gettext_lazy("part of a merged cell"),
}


def how_read(upload: Upload) -> str:
    """The sheet of a workbook, or encoding and delimiter of text; and the header's row where it is not the first."""
    parts = [_("sheet “%(sheet)s”") % {"sheet": upload.sheet}] if upload.sheet else _text(upload)
    if upload.header_row > 1:
        parts.append(_("header in row %(row)s") % {"row": upload.header_row})
    return ", ".join(parts)


def _text(upload: Upload) -> list[str]:
    if not upload.encoding:
        return []
    encoding = _ENCODINGS.get(upload.encoding, upload.encoding.upper())
    by = _DELIMITERS.get(upload.delimiter, f"“{upload.delimiter}”")
    return [_("%(encoding)s text") % {"encoding": encoding}, _("columns separated by %(by)s") % {"by": by}]


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
    words = [place, str(_KINDS.get(kind, kind))]
    if number_format:
        words.append(_("format %(format)s") % {"format": number_format})
    if field not in row.raw and shows_shortened(number_format):
        words.append(_("shown shortened by Excel, read in full"))
    return ", ".join(words)
