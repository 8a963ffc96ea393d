"""One cell for the page on which it is mended."""

from dataclasses import dataclass

from allocations.domain.mending import StoredRow
from allocations.models import Row, Upload
from allocations.presenters.readings import cell_notes

# For somebody who may not see the recipients' details, these are shown; the rest is typed anew without being seen.
_PLAIN = frozenset({"title", "amount"})


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`text` is what the cell holds, `found` what the file had, `place` where it stands there ("" if unknown)."""

    text: str
    found: str
    place: str
    is_mended: bool
    is_hidden: bool


def shown_cell(stored: StoredRow, row: Row, field: str, *, upload: Upload | None, in_full: bool) -> ShownCell:
    hidden = not in_full and field not in _PLAIN
    return ShownCell(
        text="" if hidden else stored.text(field),
        found="" if hidden else stored.in_file(field),
        place=cell_notes(row, upload).get(field, ""),
        is_mended=field in stored.edits,
        is_hidden=hidden,
    )
