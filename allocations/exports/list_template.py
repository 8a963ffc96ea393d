"""The workbook that people fill in: our headers, columns that Excel leaves alone, and a guide to them."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import IO, BinaryIO

from django.conf import settings
from xlsxwriter import Workbook

from allocations.domain.cells import FIELDS, RowLimits
from allocations.domain.days import IST
from allocations.domain.guide import TEMPLATE_ID, Column, guide
from allocations.domain.policy import Actor
from allocations.exports.hashes import sha256_of
from allocations.exports.xlsx_file import OPTIONS
from allocations.gateway import database_now
from allocations.models import Batch
from allocations.selectors.approval_policies import in_force
from allocations.selectors.templates import people_of
from allocations.services import exporting

_WIDTHS = {"title": 8, "name": 32, "email": 34, "mobile": 16, "amount": 12, "remarks": 40, "client_reference": 24}
_LAST = 1_048_575


@dataclass(frozen=True, slots=True)
class MadeTemplate:
    """A template with people, at its start. Closing it deletes it."""

    file: BinaryIO
    name: str
    people: int
    sha256: str


def write_template(file: IO[bytes], people: Iterable[Sequence[str]] = ()) -> int:
    """XLSX into `file`; returns how many people it has. Every column but the amount is text, so that Excel shortens no
    mobile and no reference. `people`: texts in the order of FIELDS."""
    columns = list(guide(RowLimits(max_points=settings.MAX_POINTS_PER_ROW), in_force().terms))
    number = 0
    with TemporaryDirectory(prefix="template-") as folder, Workbook(file, {**OPTIONS, "tmpdir": folder}) as workbook:
        sheet = workbook.add_worksheet("List")
        text, whole = workbook.add_format({"num_format": "@"}), workbook.add_format({"num_format": "0"})
        head = workbook.add_format({"bold": True, "bottom": 1})
        for index, column in enumerate(columns):
            sheet.set_column(index, index, _WIDTHS[column.field], whole if column.field == "amount" else text)
            sheet.write_string(0, index, column.header, head)
            hint = {"validate": "any", "input_title": column.header, "input_message": column.rule}
            sheet.data_validation(1, index, _LAST, index, hint)
        sheet.freeze_panes(1, 0)
        for number, person in enumerate(people, start=1):
            for index, value in enumerate(person):
                if value:
                    sheet.write_string(number, index, value, text)
        _write_guide(workbook, columns)
    return number


def _write_guide(workbook: Workbook, columns: Sequence[Column]) -> None:
    sheet = workbook.add_worksheet("Guide")
    bold, wrap = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 16)
    sheet.set_column(2, 4, 44)
    lines: list[tuple[tuple[str, ...], object]] = [
        (("Fill the sheet “List”, one line a person, and upload the workbook. This sheet may stay.",), bold),
        ((TEMPLATE_ID,), wrap),
        (("Column in “List”", "Must be filled", "What is accepted", "Such as", "What becomes of it"), bold),
    ]
    for column in columns:
        first = (column.header, "yes" if column.is_required else "no", column.rule)
        for at, example in enumerate(column.examples):
            lines.append(((*(first if at == 0 else ("", "", "")), example.text or "(empty)", example.becomes), wrap))
    for number, (texts, form) in enumerate(lines):
        for index, value in enumerate(texts):
            if value:
                sheet.write_string(number, index, value, form)


def template_with_people(actor: Actor, *, batch_id: int) -> MadeTemplate:
    """The people of an earlier batch, each once, without points, remarks and references. The trail keeps who took them.

    Raises NotAllowed for somebody who does not see them in full.
    """
    batch = Batch.objects.get(pk=batch_id)
    exporting.check_people(actor, batch)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        blank = ("",) * (len(FIELDS) - FIELDS.index("amount"))
        count = write_template(file, ((*person, *blank) for person in people_of(batch_id)))
        sha256 = sha256_of(file)
        exporting.record_export(
            actor,
            batch_id=batch_id,
            kind="list template",
            rows=count,
            points=0,
            sha256=sha256,
            outcome="people, each once",
            personal_data="in full",
        )
    except BaseException:
        file.close()
        raise
    name = f"people-of-batch-{batch_id}-{database_now().astimezone(IST):%Y-%m-%d}.xlsx"
    return MadeTemplate(file, name, count, sha256)
