"""The rows with problems as a workbook to correct and bring back. Constant memory, only what may change is unlocked."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from allocations.domain.cells import FIELDS, HEADERS
from allocations.domain.corrections import LOCKED, MOST_ROWS
from allocations.domain.days import IST
from allocations.domain.errors import StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor, check_correct
from allocations.exports.cells import ist
from allocations.exports.hashes import sha256_of
from allocations.exports.snapshots import snapshot
from allocations.exports.xlsx_file import MAX_TEXT, OPTIONS
from allocations.gateway import database_now
from allocations.models import Batch, Problem, Row
from allocations.selectors.approvals import facts_of
from allocations.selectors.corrections import correctable_rows, rows_to_correct
from allocations.selectors.review import newest_upload
from allocations.services import exporting
from allocations.services.corrections import id_of
from allocations.services.mending import stored
from allocations.services.restored import insist_on_free_rows

SHEET = "Corrections"
_WIDTHS = {"title": 8, "name": 32, "email": 34, "mobile": 16, "amount": 12, "remarks": 40, "client_reference": 24}
_RULES = (
    "Correct the cells from “Title” to “Reference” and upload this workbook on the page of the batch.",
    "You see every change there, and what is still wrong, before anything is stored.",
    "Lines cannot be added here: people are added by another list.",
    "A line that is missing changes nothing. To delete one, take the sheet's protection off; it has no password.",
    "The other columns are locked: the portal knows the row by them. Formulas are refused; paste values.",
    "A formula or date of your list that is right as it shows is confirmed in the portal: the same text is no change.",
)


@dataclass(frozen=True, slots=True)
class MadeWorkbook:
    """A finished workbook, at its start. Closing it deletes it."""

    file: BinaryIO
    name: str
    rows: int
    sha256: str


def correction_workbook(actor: Actor, *, batch_id: int) -> MadeWorkbook:
    """Raises NotAllowed, or StateConflict while there is nothing to correct. The trail keeps who took what out."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        with snapshot():
            batch = Batch.objects.get(pk=batch_id)
            check_correct(actor, facts_of(batch))
            exporting.check_export(actor, batch)
            insist_on_free_rows(batch)
            rows, points = _write(file, batch, actor)
        sha256 = sha256_of(file)
        exporting.record_export(
            actor,
            batch_id=batch_id,
            kind="correction workbook",
            rows=rows,
            points=points,
            sha256=sha256,
            outcome="rows with problems",
            personal_data="in full",
        )
    except BaseException:
        file.close()
        raise
    name = f"batch-{batch_id}-corrections-{database_now().astimezone(IST):%Y-%m-%d}.xlsx"
    return MadeWorkbook(file, name, rows, sha256)


def _write(file: BinaryIO, batch: Batch, actor: Actor) -> tuple[int, int]:
    """Rows and points written."""
    upload = newest_upload(batch.pk)
    left = correctable_rows(batch.pk).count()
    if upload is None or not left:
        raise StateConflict("No row has a problem that can be corrected in a workbook.")
    # The library keeps rows in files of its own and forgets them if it is not asked to finish.
    with TemporaryDirectory(prefix="export-") as folder, Workbook(file, {**OPTIONS, "tmpdir": folder}) as book:
        sheet, about = book.add_worksheet(SHEET), book.add_worksheet("About")
        wrap = {"text_wrap": True, "valign": "top", "num_format": "@"}
        locked, head = book.add_format({**wrap, "bg_color": "#EEEEEE"}), book.add_format({"bold": True, "bottom": 1})
        free = book.add_format({**wrap, "locked": False})
        _lay_out(sheet)
        _write_texts(sheet, 0, [*LOCKED, *HEADERS.values()], [head] * (len(LOCKED) + len(FIELDS)))
        forms = [*[locked] * len(LOCKED), *[free] * len(FIELDS)]
        rows = points = 0
        for row in rows_to_correct(batch.pk):
            rows, points = rows + 1, points + (row.amount or 0)
            _write_texts(sheet, rows, _texts(row, upload.pk), forms)
        for number, texts in enumerate(_about(batch, actor, rows=rows, of=left)):
            _write_texts(about, number, texts, [locked] * len(texts))
        about.set_column(0, 1, 40)
    return rows, points


def _lay_out(sheet: Worksheet) -> None:
    sheet.freeze_panes(1, len(LOCKED))
    for index, width in enumerate((12, 10, 60, *_WIDTHS.values())):
        sheet.set_column(index, index, width)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _texts(row: Row, upload_id: int) -> list[str]:
    beside = (str(row.number), " ".join(_said(row.problems.all())))
    kept = stored(row)
    return [str(id_of(row, upload_id=upload_id, beside=beside)), *beside, *map(kept.text, FIELDS)]


def _said(problems: Iterable[Problem]) -> Iterator[str]:
    """Errors first, as the selector gives them."""
    for one in problems:
        where = f", column “{HEADERS[one.field]}”" if one.field in HEADERS else ""
        yield f"{one.severity.capitalize()}{where}: {one.message}"


def _about(batch: Batch, actor: Actor, *, rows: int, of: int) -> Iterator[Sequence[str]]:
    yield "Batch", str(batch.pk)
    yield "Purpose", batch.purpose
    yield "Downloaded by", actor.name
    yield "Downloaded at (IST)", ist(database_now())
    yield "Rows in this workbook", grouped(rows) if rows == of else f"{grouped(rows)} of {grouped(of)} with problems"
    if rows < of:
        yield "", f"One workbook holds {grouped(MOST_ROWS)}. Bring this one back, then download the next."
    yield "", ""
    for rule in _RULES:
        yield ("", rule)


def _write_texts(sheet: Worksheet, number: int, texts: Sequence[str], forms: Sequence[object]) -> None:
    """Always as text: nothing here is ever a formula, and an empty cell keeps its lock or lack of one."""
    for index, (text, form) in enumerate(zip(texts, forms, strict=True)):
        if text:
            sheet.write_string(number, index, text[:MAX_TEXT], form)
        else:
            sheet.write_blank(number, index, None, form)
