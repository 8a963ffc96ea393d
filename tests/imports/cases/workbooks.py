"""Sheets and cells of workbooks."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.imports.books import HEADER, book, rezipped
from tests.imports.cases.case import Case, T

Change = Callable[[Workbook, Worksheet], None]
ASHA, RAVI = ["Asha", 9812345671, 100], ["Ravi", 9812345672, 250]
SHEET = "xl/worksheets/sheet1.xml"
TOO_LARGE = "The sheet is larger than the row limit. Delete the unused rows and columns, or save the list as CSV."


def made(*rows: list, change: Change | None = None) -> Callable[[Path], bytes]:
    return lambda folder: book(folder / "made.xlsx", *rows, change=change).read_bytes()


def with_sheet_xml(*rows: list, change: Callable[[str], str]) -> Callable[[Path], bytes]:
    """What no writer would write: the sheet's XML, altered."""

    def make(folder: Path) -> bytes:
        path = book(folder / "made.xlsx", *rows)
        with zipfile.ZipFile(path) as parts:
            xml = parts.read(SHEET).decode()
        return rezipped(path, add={SHEET: change(xml).encode()}).read_bytes()

    return make


def xlsx(
    number: int, treatment: T, content: Callable[[Path], bytes], *told: str, label: str = "", **row: object
) -> Case:
    return Case(number, treatment, content, told=told, row=row, kind="xlsx", label=label)


def cell(number: int, value: object, said: str, *, column: str = "C", label: str = "") -> Case:
    """One odd cell in row 2."""

    def put(_: Workbook, sheet: Worksheet) -> None:
        sheet[f"{column}2"] = value

    name = {"A": "name", "B": "mobile", "C": "amount"}[column]
    return xlsx(number, T.R, made(ASHA, change=put), f"Row 2, {name}: {said}", label=label)


def sheets(*names: str, state: str = "visible") -> Change:
    def add(book_: Workbook, _: Worksheet) -> None:
        for name in names:
            other = book_.create_sheet(name)
            other.sheet_state = state
            for row in (HEADER, RAVI):
                other.append(row)

    return add


def far(place: str) -> Change:
    def put(_: Workbook, sheet: Worksheet) -> None:
        sheet[place] = 1

    return put


def hide_rows(_: Workbook, sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:C3"
    sheet.row_dimensions[3].hidden = True


def hide_column(_: Workbook, sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def merge(_: Workbook, sheet: Worksheet) -> None:
    sheet.merge_cells("C2:C3")


def titles(_: Workbook, sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Diwali 2026"


def scientific(_: Workbook, sheet: Worksheet) -> None:
    sheet["B2"].number_format = "0.00E+00"


def reference(value: object) -> Change:
    def put(_: Workbook, sheet: Worksheet) -> None:
        sheet["D1"], sheet["D2"] = "Reference", value

    return put


MERGED = "is part of a merged cell; unmerge it."
CASES: list[Case] = [
    # What a sheet says of its own size is not believed.
    xlsx(
        40,
        T.A,
        with_sheet_xml(
            ASHA, change=lambda xml: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml)
        ),
        label="lying_dimension",
        name="Asha",
    ),
    xlsx(40, T.F, made(ASHA, change=far("XFD1048576")), TOO_LARGE, label="far_cell"),
    xlsx(40, T.F, made(ASHA, change=far("CV2")), TOO_LARGE, label="wide"),
    xlsx(
        41,
        T.F,
        made(ASHA, change=sheets("October", "November")),
        "The workbook has 3 sheets with data (Sheet, October, November). "
        "Choose one, or keep only that one in the workbook. [Sheet, October, November]",
    ),
    # Better than to ask: beside the only list there is a sheet with words, as in the template's guide.
    xlsx(
        41,
        T.W,
        made(ASHA, change=lambda book_, _: book_.create_sheet("Guide").append(["How to fill it"])),
        "Note: Only the sheet Sheet is read, not Guide.",
        label="one_list_and_a_guide",
        name="Asha",
    ),
    *(
        xlsx(
            42,
            T.W,
            made(ASHA, change=sheets("Old", state=state)),
            "Note: 1 hidden sheet was ignored.",
            label=state,
            name="Asha",
        )
        for state in ("hidden", "veryHidden")
    ),
    xlsx(
        43,
        T.W,
        made(ASHA, RAVI, change=hide_rows),
        "Row 3: is hidden in the workbook. It is included; leave it out if that is not meant.",
        "To confirm: 1 hidden row is included. Remove them if that is not intended.",
        name="Asha",
    ),
    xlsx(
        44,
        T.W,
        made(ASHA, change=hide_column),
        "Note: Column C (“Amount”) is hidden in the workbook and read all the same. Check its values.",
        amount=100,
    ),
    xlsx(45, T.R, made(ASHA, RAVI, change=merge), f"Row 2, amount: {MERGED}", f"Row 3, amount: {MERGED}"),
    xlsx(
        46,
        T.F,
        made(ASHA, change=titles),
        "Header not found in the first row. It seems to be in row 3. "
        "Read the list from there, or delete the rows above it. [row 3]",
        label="workbook",
    ),
    xlsx(
        47,
        T.R,
        made(ASHA, ["Total", None, 100]),
        "Row 3, name: looks like a total, not a person. Delete the row from the file or leave it out.",
        label="workbook",
    ),
    cell(48, "=50+50", "contains a formula. Paste values only."),
    *(
        cell(49, value, f"contains the Excel error {value}. Correct it in the workbook.", label=label)
        for value, label in (("#REF!", "ref"), ("#N/A", "na"), ("#VALUE!", "value"))
    ),
    cell(50, value=True, said="contains TRUE; expected number."),
    cell(50, value=False, said="contains FALSE; expected text.", column="A", label="text"),
    cell(51, dt.date(2026, 1, 2), "is a date (2026-01-02); expected a number."),
    cell(51, dt.date(2026, 1, 2), "is a date (2026-01-02); expected a number.", column="B", label="mobile"),
    xlsx(52, T.A, made(ASHA), label="number", mobile="9812345671", raw={}, cells=None),
    # Excel only shows it as 9.81E+09: every digit is in the workbook, and the row keeps what the cell looked like.
    xlsx(
        53,
        T.A,
        made(ASHA, change=scientific),
        label="number",
        mobile="9812345671",
        cells={"mobile": ["number", "0.00E+00"]},
    ),
    xlsx(69, T.A, made(["Asha", 9812345671, 100.0]), label="number", amount=100),
    xlsx(
        70,
        T.R,
        made(["Asha", 9812345671, 100.5]),
        "Row 2, amount: is 100.5; points must be a whole number. Nothing is rounded.",
        label="number",
        raw={"amount": "100.5"},
        cells={"amount": ["number", ""]},
    ),
    xlsx(
        103,
        T.R,
        made(ASHA, change=reference(1234567890123456)),
        "Row 2, client_reference: was rounded by Excel (1.234568E+15). Format the column as text and enter it in full.",
        label="number",
    ),
]
