"""Formulas in every file that leaves the portal. Which texts are defused how is in tests.exports.test_csv_file."""

import csv
import io
import zipfile

import pytest
from openpyxl import load_workbook

from allocations.exports.csv_file import is_risky
from allocations.exports.report_tables import TABLES
from tests.attacks.ground import body_of, ground

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(0)+cmd|'/C calc'!A0"
# Where the import or a form refuses one, or where it is no text of a person's, a file holds none.
IN_FILES = {"name", "remarks", "reference", "purpose", "account", "person", "path", "detail"}


def formula(name: str) -> str:
    # A blank that some spreadsheets drop, where it is not trimmed at the door anyway.
    return f"\u3164{FORMULA}zq-{name}" if name in {"account", "person"} else f"{FORMULA}zq-{name}"


def files(made):
    """Kind and content of everything that is handed out to somebody who may have all of it."""
    batches = made.batches
    asked = [(f"/batches/{one.pk}/export/", {"kind": kind}) for one in batches.values() for kind in ("csv", "xlsx")]
    asked += [("/reports/export/", {"table": table, "kind": kind}) for table in TABLES for kind in ("csv", "xlsx")]
    asked += [("/contract/export/", {"kind": kind}) for kind in ("csv", "xlsx")]
    asked += [
        ("/search/export/", {"state": "failed", "kind": "csv"}),
        ("/search/export/", {"q": "HYPER", "kind": "csv"}),
    ]
    asked += [(f"/batches/{one.pk}/people/", {}) for one in batches.values()]
    asked += [(f"/batches/{batches['review'].pk}/corrections/workbook/", {})]
    asked += [(f"/batches/{one.pk}/bundle/", {}) for one in batches.values()]
    maker = made.client("maker")
    for path, body in asked:
        answer = maker.post(path, body)
        content = body_of(answer)
        if answer.status_code == 422:
            assert path == "/search/export/", (path, content)
            continue
        assert answer.status_code == 200, (path, body, content)
        yield path, answer.headers["Content-Type"], content


def cells(kind: str, content: bytes):
    """Every text of a file; a cell of a workbook that is a formula is told as one."""
    if kind.startswith("text/csv"):
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from ((cell, is_risky(cell) and not cell.lstrip("-").isdigit()) for cell in line)
    elif kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            for name in bundle.namelist():
                # What a bundle holds is read by programs; a table in it would be opened in a spreadsheet.
                yield name, name.endswith((".csv", ".tsv", ".xlsx")) or ".." in name or name.startswith("/")
    else:
        book = load_workbook(io.BytesIO(content))
        assert not book.defined_names
        for sheet in book:
            for row in sheet.iter_rows():
                yield from ((str(cell.value), cell.data_type == "f" or bool(cell.hyperlink)) for cell in row)


def test_no_file_holds_a_formula():
    found, seen = [], set()
    for path, kind, content in files(ground(formula)):
        for cell, is_formula in cells(kind, content):
            if is_formula:
                found.append((path, kind, cell))
            seen |= {name for name in IN_FILES if f"zq-{name}" in cell}
    assert (found, IN_FILES - seen) == ([], set())
