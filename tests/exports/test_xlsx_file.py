import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from allocations.exports.cells import Kind
from allocations.exports.resource import ExportField
from allocations.exports.xlsx_file import XlsxFile, is_exact

COLUMNS = [ExportField("name", "Name", Kind.WORDS), ExportField("amount", "Amount", Kind.POINTS)]
FORMULAS = [
    '=cmd|"/C calc"!A0',
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "{=1}",
    "http://example.com/",
    "9876543210",
    "1E5",
    "007",
]
FIGURES = [(5, True), (Decimal("0.50"), True), (10**15 - 1, True), (10**15 + 1, False), (Decimal(10**14) / 100, True)]


def sheets(records):
    file = io.BytesIO()
    with XlsxFile(file) as book:
        book.write_rows(COLUMNS, [list(zip(*records, strict=True))])
        book.write_about([("Batch", 7), ("Purpose", "=1+1")])
    return load_workbook(file)


@pytest.mark.parametrize("text", FORMULAS)
def test_xlsx_text_stays_text(text):
    cell = sheets([(text, 5)])["Rows"]["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink, cell.number_format) == (text, "s", None, "@")


def test_xlsx_figures_are_numbers_and_absent_ones_are_empty():
    rows = sheets([("a", 5), ("b", Decimal("0.50")), ("c", "")])["Rows"]

    assert [cell.value for cell in rows["B"]] == ["Amount", 5, 0.5, None]


def test_xlsx_keeps_digits_that_a_number_would_lose():
    cell = sheets([("a", 1234567890123456789)])["Rows"]["B2"]

    assert (cell.value, cell.data_type) == ("1234567890123456789", "s")


def test_xlsx_cuts_text_at_the_limit_of_the_format():
    assert sheets([("x" * 40_000, 1)])["Rows"]["A2"].value == "x" * 32_767


def test_xlsx_says_first_what_it_is():
    book = sheets([("a", 1)])

    assert book.sheetnames == ["About", "Rows"]
    assert list(book["About"].iter_rows(values_only=True)) == [("Batch", 7), ("Purpose", "=1+1")]
    assert book["About"]["B2"].data_type == "s"


@pytest.mark.parametrize(("figure", "exact"), FIGURES)
def test_is_exact_up_to_fifteen_digits(figure, exact):
    assert is_exact(figure) is exact


def test_xlsx_leaves_no_file_behind_when_it_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with pytest.raises(ZeroDivisionError), XlsxFile(io.BytesIO()) as book:
        book.write_rows(COLUMNS, ([("a",), (1 / 0,)] for _ in "x"))

    assert list(tmp_path.iterdir()) == []
