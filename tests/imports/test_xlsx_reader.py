"""Workbooks. The ids are the lines of the table of odd uploads."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocations.domain.cells import Cell, NumberCell, OddCell, OddKind
from allocations.domain.files import FileRefused
from allocations.domain.readings import Choice
from allocations.imports.opening import opened
from tests.imports.books import HEADER, book, rezipped


def read(path: Path, *, kind: str = "xlsx") -> tuple[list[list[Cell]], list[str]]:
    with opened(path, kind=kind) as sheet:
        return [list(record) for block in sheet.blocks for record in block], sheet.notes


def refusal(path: Path, *, kind: str = "xlsx") -> str:
    with pytest.raises(FileRefused) as refused:
        read(path, kind=kind)
    return refused.value.sentence


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("9812345671", "9812345671", id="text"),
        pytest.param(9812345671, "9812345671", id="case_52"),
        pytest.param(100.0, "100", id="case_69"),
        pytest.param(100.5, "100.5", id="case_70"),
        pytest.param(99.99999999, "99.99999999", id="case_71"),
        pytest.param(-5, "-5", id="case_78"),
        pytest.param(None, "", id="empty"),
        pytest.param("=1+1", OddCell(OddKind.FORMULA, "=1+1"), id="case_48"),
        pytest.param("#REF!", OddCell(OddKind.ERROR, "#REF!"), id="case_49"),
        pytest.param(True, OddCell(OddKind.BOOLEAN, "TRUE"), id="case_50"),
        pytest.param(dt.date(2026, 1, 2), OddCell(OddKind.DATE, "2026-01-02", "yyyy-mm-dd"), id="case_51"),
        pytest.param(1234567890123456789, "1.234568E+18", id="case_103"),
    ],
)
def test_cell_is_typed(tmp_path: Path, value: object, cell: Cell) -> None:
    rows, notes = read(book(tmp_path / "b.xlsx", ["Asha", value, "x"]))
    assert (rows, notes) == ([["Asha", cell, "x"]], [])


def test_formulas_far_down_are_found_in_their_cells(tmp_path: Path) -> None:
    rows = [[f"Person {n}", "=A1" if n % 5000 == 4999 else str(n), n] for n in range(15_000)]
    found, _ = read(book(tmp_path / "b.xlsx", *rows))
    odd = [
        (n, row.index(OddCell(OddKind.FORMULA, "=A1")))
        for n, row in enumerate(found)
        if OddCell(OddKind.FORMULA, "=A1") in row
    ]
    assert (len(found), odd) == (15_000, [(4999, 1), (9999, 1), (14_999, 1)])


def test_merged_cells_are_marked_case_45(tmp_path: Path) -> None:
    path = book(
        tmp_path / "b.xlsx", ["Asha", "9", "1"], ["Ravi", "8", "2"], change=lambda _, sheet: sheet.merge_cells("C2:C3")
    )
    merged = OddCell(OddKind.MERGED, "")
    assert read(path)[0] == [["Asha", "9", merged], ["Ravi", "8", merged]]


def test_blank_rows_keep_their_place(tmp_path: Path) -> None:
    rows, _ = read(book(tmp_path / "b.xlsx", [], ["Asha", "9", "1"]))
    assert rows == [["", "", ""], ["Asha", "9", "1"]]


def test_list_that_starts_in_another_column_keeps_its_columns(tmp_path: Path) -> None:
    def move(_: Workbook, sheet: Worksheet) -> None:
        sheet.insert_cols(1, 2)

    assert read(book(tmp_path / "b.xlsx", ["Asha", "9", "1"], change=move))[0] == [["", "", "Asha", "9", "1"]]


def _hide_rows(_: Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True
    sheet.row_dimensions[3].hidden = True


def _hide_column(_: Workbook, sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def _hidden_sheet(made: Workbook, _: Worksheet) -> None:
    other = made.create_sheet("Old")
    other.append(HEADER)
    other.sheet_state = "hidden"


def _guide_sheet(made: Workbook, _: Worksheet) -> None:
    made.create_sheet("Guide").append(["How to fill the list"])


@pytest.mark.parametrize(
    ("change", "note"),
    [
        pytest.param(_hidden_sheet, "1 hidden sheet was ignored.", id="case_42"),
        pytest.param(_guide_sheet, "Only the sheet Sheet is read, not Guide.", id="guide_of_the_template"),
    ],
)
def test_odd_workbook_is_read_with_a_note(tmp_path: Path, change, note: str) -> None:
    path = book(tmp_path / "b.xlsx", ["Asha", "9", "1"], ["Ravi", "8", "2"], change=change)
    assert read(path) == ([["Asha", "9", "1"], ["Ravi", "8", "2"]], [note])


def test_hidden_rows_and_columns_are_told_by_their_places_cases_43_44(tmp_path: Path) -> None:
    def hide(made: Workbook, sheet: Worksheet) -> None:
        _hide_rows(made, sheet)
        _hide_column(made, sheet)

    path = book(tmp_path / "b.xlsx", ["Asha", "9", "1"], ["Ravi", "8", "2"], change=hide)
    with opened(path, kind="xlsx") as sheet:
        assert (sheet.hidden_rows, sheet.hidden_columns) == ({2, 3}, {2})


def test_sheet_and_header_are_those_that_a_person_chose(tmp_path: Path) -> None:
    def add(made: Workbook, _: Worksheet) -> None:
        other = made.create_sheet("November")
        other["A3"], other["B3"], other["C3"], other["A4"], other["C4"] = "Name", "Mobile", "Amount", "Zoya", 7
        _second_list(made, other)

    path = book(tmp_path / "b.xlsx", ["Asha", "9", "1"], change=add)
    choice = Choice(sheet="November", header_row=3)
    with opened(path, kind="xlsx", choice=choice) as sheet:
        rows = [list(record) for block in sheet.blocks for record in block]
    assert (sheet.name, sheet.head[0], rows[0]) == ("November", HEADER, ["Zoya", "", "7"])


@pytest.mark.parametrize("chosen", [pytest.param("E+", id="scientific"), pytest.param("plain", id="plain")])
def test_numbers_carry_their_format(tmp_path: Path, chosen: str) -> None:
    codes = {"E+": "0.00E+00", "plain": "General"}

    def style(_: Workbook, sheet: Worksheet) -> None:
        sheet["B2"].number_format, sheet["C3"].number_format = codes[chosen], "#,##0"

    path = book(tmp_path / "b.xlsx", ["Asha", 9812345671, 5], ["Ravi", "9812345672", 1.5], change=style)
    with opened(path, kind="xlsx") as sheet:
        (first, second) = (record for block in sheet.blocks for record in block)
    found = [(type(cell), getattr(cell, "number_format", None)) for cell in (*first, *second)]
    shown = codes[chosen] if chosen == "E+" else ""
    plain = (str, None)
    assert found == [plain, (NumberCell, shown), (NumberCell, ""), plain, plain, (NumberCell, "#,##0")]
    assert ([*first, *second], sheet.shows_shortened) == (
        ["Asha", "9812345671", "5", "Ravi", "9812345672", "1.5"],
        chosen == "E+",
    )


def _second_list(made: Workbook, _: Worksheet) -> None:
    made.create_sheet("November").append(HEADER)


def _far_cell(_: Workbook, sheet: Worksheet) -> None:
    sheet["XFD1048576"] = 1


def _wide_cell(_: Workbook, sheet: Worksheet) -> None:
    sheet["CV2"] = 1


TOO_LARGE = "The sheet is larger than the row limit. Delete the unused rows and columns, or save the list as CSV."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            _second_list,
            "The workbook has 2 sheets with data (Sheet, November). Choose one, or keep only that one in the workbook.",
            id="case_41",
        ),
        pytest.param(_far_cell, TOO_LARGE, id="case_40_far_cell"),
        pytest.param(_wide_cell, TOO_LARGE, id="case_40_wide"),
    ],
)
def test_sheet_is_refused(tmp_path: Path, change, sentence: str) -> None:
    assert refusal(book(tmp_path / "b.xlsx", ["Asha", "9", "1"], change=change)) == sentence


def test_empty_workbook_is_refused_case_27(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "b.xlsx")
    expected = "The file is empty. Choose a file with a header and at least one row."
    assert refusal(tmp_path / "b.xlsx") == expected


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
XML = "The workbook contains XML declarations that are not allowed."
FOREIGN = "The workbook contains embedded objects or external links. Copy the values to a new one."
BIG = b"<x>" + b" " * (80 << 20)


@pytest.mark.parametrize(
    ("add", "drop", "sentence"),
    [
        pytest.param(
            {"xl/vbaProject.bin": b"x"}, (), "Workbooks with macros are not accepted. Save it as .xlsx.", id="case_34"
        ),
        pytest.param(
            {"xl/media.xml": BIG},
            (),
            "The workbook expands to more than the limit. Delete what is not part of the list.",
            id="case_36",
        ),
        pytest.param({"xl/other.xml": DOCTYPE}, (), XML, id="case_37"),
        pytest.param({"xl/externalLinks/externalLink1.xml": b"<x/>"}, (), FOREIGN, id="case_38_link"),
        pytest.param({"xl/embeddings/o.bin": b"x"}, (), FOREIGN, id="case_38_object"),
        pytest.param(
            {"../up.xml": b"<x/>"}, (), "The workbook is damaged. Save it again in Excel and upload that.", id="path"
        ),
        pytest.param(
            {},
            ("xl/workbook.xml",),
            "The workbook is damaged. Save it again in Excel and upload that.",
            id="case_39_part_missing",
        ),
        pytest.param(
            {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"},
            (),
            "The workbook is damaged. Save it again in Excel and upload that.",
            id="case_39_broken_xml",
        ),
    ],
)
def test_workbook_is_refused(tmp_path: Path, add: dict[str, bytes], drop: tuple[str, ...], sentence: str) -> None:
    assert refusal(rezipped(book(tmp_path / "b.xlsx", ["Asha", "9", "1"]), add=add, drop=drop)) == sentence


def test_truncated_workbook_is_refused_case_39(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", ["Asha", "9", "1"])
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path) == "The workbook is damaged. Save it again in Excel and upload that."


def test_declaration_hidden_behind_a_long_comment_is_refused_case_37(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", ["Asha", "9", "1"])
    with zipfile.ZipFile(path) as old:
        xml = old.read("xl/workbook.xml")
    hidden = b"<!--" + b" " * 5000 + b"--><!DOCTYPE x>"
    assert refusal(rezipped(path, add={"xl/workbook.xml": hidden + xml})) == XML


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        pytest.param(
            b"PK\x03\x04rest",
            "csv",
            "This is an Excel workbook with a .csv name. Rename it to .xlsx.",
            id="case_30",
        ),
        pytest.param(b"Name,Mobile,Amount\n", "xlsx", "This is not an Excel workbook. Is it a CSV file?", id="case_31"),
        pytest.param(OLE + b"x" * 99, "xls", "Old .xls files are not supported. Save as .xlsx.", id="case_32"),
        pytest.param(
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "xlsx",
            "The workbook is password-protected. Remove the password and upload again.",
            id="case_33",
        ),
        pytest.param(
            b"PK\x03\x04", "xlsm", "Workbooks with macros are not accepted. Save it as .xlsx.", id="case_34_name"
        ),
    ],
)
def test_content_decides_case_116(tmp_path: Path, content: bytes, kind: str, sentence: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    assert refusal(path, kind=kind) == sentence
