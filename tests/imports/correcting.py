"""A correction workbook in a person's hands: downloaded, changed in a spreadsheet program, and read again."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

from allocations.domain.corrections import ID
from allocations.exports.corrections import SHEET, correction_workbook
from allocations.imports.corrections import read_workbook
from allocations.services import corrections
from tests.factories.people import known


def downloaded(batch, *, by=None) -> bytes:
    with correction_workbook(by or known(batch.uploaded_by), batch_id=batch.pk).file as file:
        return file.read()


def changed(content: bytes, change) -> bytes:
    """`change` gets the sheet; the program saves the whole book anew."""
    book, out = load_workbook(io.BytesIO(content)), io.BytesIO()
    change(book[SHEET])
    book.save(out)
    return out.getvalue()


def typed(content: bytes, texts: dict[int, dict[str, str]]) -> bytes:
    """Row of the list -> header -> new text."""

    def type_(sheet) -> None:
        columns = {cell.value: cell.column for cell in sheet[1]}
        lines = {sheet.cell(at, 2).value: at for at in range(2, sheet.max_row + 1)}
        for number, cells in texts.items():
            for header, text in cells.items():
                sheet.cell(lines[str(number)], columns[header]).value = text

    return changed(content, type_)


def lines(content: bytes):
    with TemporaryDirectory() as folder:
        path = Path(folder, "corrections.xlsx")
        path.write_bytes(content)
        return read_workbook(path)


def proposed(batch, content: bytes, *, by=None):
    who = by or known(batch.uploaded_by)
    return corrections.propose(
        who, batch_id=batch.pk, lines=lines(content), file_name="corrections.xlsx", sha256="ab" * 32
    )


def applied(batch, content: bytes, *, by=None):
    who = by or known(batch.uploaded_by)
    found = proposed(batch, content, by=who)
    return corrections.apply_correction(who, batch_id=batch.pk, correction_id=found.pk)


__all__ = ["ID", "applied", "changed", "downloaded", "lines", "proposed", "typed"]
