"""Reading an export back as a person's programs would."""

import csv
import io
import json
from dataclasses import replace

from openpyxl import load_workbook

from allocations.exports.batch import Made, batch_file
from allocations.services import outcomes
from tests.factories.people import known

REASONS = {"other": "EnKash refused the row.", "amount_differs": "EnKash credited another amount than was sent."}
EVIDENCE = {"answer": "EnKash's answer to the call"}


def make(batch, *, kind="csv", outcome="", by=None) -> Made:
    """The export by its maker, unless somebody else is named; its file in memory so that no test has to close it."""
    person = by or known(batch.uploaded_by)
    made = batch_file(person, batch_id=batch.pk, kind=kind, outcome=outcome, reasons=REASONS, evidence=EVIDENCE)
    with made.file as file:
        return replace(made, file=io.BytesIO(file.read()))


def true_up(batch) -> None:
    """The counters as the services keep them."""
    outcomes.recount(list(batch.runs.values_list("chunks", flat=True)))


def csv_text(made: Made) -> str:
    return made.file.read().decode("utf-8-sig")


def csv_rows(made: Made) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(made), newline="")))


def jsonl_rows(made: Made) -> list[dict[str, str | int | None]]:
    return [json.loads(line) for line in made.file.read().decode().splitlines()]


def xlsx_sheets(made: Made) -> dict[str, list[tuple]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(made.file)}


def xlsx_rows(made: Made) -> list[dict[str, object]]:
    head, *rows = xlsx_sheets(made)["Rows"]
    return [dict(zip(head, row, strict=True)) for row in rows]
