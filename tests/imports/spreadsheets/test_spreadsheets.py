"""Lists saved by a real spreadsheet program, through the whole import. The ids are the table's lines that they prove."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from allocations.models import Row
from tests.imports.cases.case import T
from tests.imports.cases.test_cases import imported, told, treatment
from tests.imports.spreadsheets.lists import CSVS, LISTS

FILES = Path(__file__).parent / "files"
# Number, name, mobile, amount: every row that is stored.
Line = tuple[int, str, str, int | None]
ZOE = "Zoë “Zo” D’Souza"
PEOPLE: tuple[Line, ...] = (
    (2, "आशा राव", "9812345671", 100),
    (3, "ரவி ஐயர்", "9812345672", 250),
    (4, ZOE, "9812345673", 100_000),
    (5, "Asha, R.", "9812345674", 75),
)
AS_SHOWN = (
    "Row 4, amount: is written 100,000; it is read as 100000.",
    "Row 5, amount: is written ₹75.00; it is read as 75.",
)
FRACTION = "Row 3, amount: is 100.5; points must be a whole number. Nothing is rounded."
FORMULA = "contains a formula. Paste values only."
TOTAL = "Row 7, name: looks like a total, not a person. Delete the row from the file or leave it out."
HIDDEN = "is hidden in the workbook. It is included; leave it out if that is not meant."
MERGED = "is part of a merged cell; unmerge it."


def excel_error(row: int, field: str, shown: str) -> str:
    return f"Row {row}, {field}: contains the Excel error {shown}. Correct it in the workbook."


@dataclass(frozen=True)
class Saved:
    """`cases`: lines of the table. `raws` and `cells`: by row number, what is kept beside the clean values."""

    name: str
    cases: tuple[int, ...]
    treatment: T
    told: tuple[str, ...] = ()
    rows: tuple[Line, ...] = ()
    raws: tuple[tuple[int, dict[str, str]], ...] = ()
    cells: tuple[tuple[int, dict[str, list[str]]], ...] = ()
    encoding: str = ""
    delimiter: str = ""

    @property
    def id(self) -> str:
        return "_".join((self.name, "cases", *map(str, self.cases)))


def text(name: str, cases: tuple[int, ...], *, encoding: str = "utf-8", delimiter: str = ",") -> Saved:
    """The list of people as text, where an amount is what the sheet showed."""
    raws = (
        (3, {"mobile": "09812345672"}),
        (4, {"mobile": "+91 98123 45673", "amount": "100,000"}),
        (5, {"amount": "₹75.00"}),
    )
    return Saved(name, cases, T.W, AS_SHOWN, PEOPLE, raws, encoding=encoding, delimiter=delimiter)


ODD_NUMBERS = ((2, "Asha Rao", "9812345671", None), (3, "Ravi Iyer", "9812345672", None))
SAVED = [
    # Whatever the format shows, a workbook has the number itself.
    Saved(
        "people.xlsx",
        (52, 55, 56, 68, 88),
        T.A,
        (),
        PEOPLE,
        raws=((3, {"mobile": "09812345672"}), (4, {"mobile": "+91 98123 45673"})),
    ),
    text("utf_8.csv", (7, 55, 72, 75)),
    text("utf_8_semicolon.csv", (6, 55, 72, 75), delimiter=";"),
    text("utf_16_tab.csv", (2, 6, 72, 75), encoding="utf-16", delimiter="\t"),
    # What the encoding lacks was lost in saving: it must not pass for a name or an amount without a word.
    Saved(
        "windows_1252.csv",
        (4, 72, 87, 90),
        T.R,
        (
            "Row 2, name: has no letters (??? ???). Check whether it is a name.",
            "Row 3, name: has no letters (??? ????). Check whether it is a name.",
            AS_SHOWN[0],
            "Row 5, amount: is not a number (?75.00). Enter a whole number.",
            f"To confirm: This file is not UTF-8. We read it as Windows-1252; check the names below. [{ZOE}]",
        ),
        (
            (2, "??? ???", "9812345671", 100),
            (3, "??? ????", "9812345672", 250),
            PEOPLE[2],
            (5, "Asha, R.", "9812345674", None),
        ),
        raws=(
            (3, {"mobile": "09812345672"}),
            (4, {"mobile": "+91 98123 45673", "amount": "100,000"}),
            (5, {"amount": "?75.00"}),
        ),
        encoding="windows-1252",
        delimiter=",",
    ),
    # One sheet, saved twice: the workbook keeps every digit of 9.81E+09, the text lost them.
    Saved(
        "shortened.xlsx",
        (52, 53, 70),
        T.R,
        (FRACTION,),
        ((2, "Asha Rao", "9812345671", 100), (3, "Ravi Iyer", "9812345672", None)),
        raws=((3, {"amount": "100.5"}),),
        cells=((2, {"mobile": ["number", "0.00E+00"]}), (3, {"amount": ["number", ""]})),
    ),
    Saved(
        "shortened.csv",
        (53, 70),
        T.R,
        (
            "Row 2, mobile: was shortened by Excel (9.81E+09). Format the column as text and enter the full number.",
            FRACTION,
        ),
        ((2, "Asha Rao", "", 100), (3, "Ravi Iyer", "9812345672", None)),
        raws=((2, {"mobile": "9.81E+09"}), (3, {"amount": "100.5"})),
        encoding="utf-8",
        delimiter=",",
    ),
    Saved(
        "odd_cells.xlsx",
        (47, 48, 49, 50, 51),
        T.R,
        (
            f"Row 2, amount: {FORMULA}",
            f"Row 3, amount: {FORMULA}",
            "Row 4, mobile: is a date (2026-01-02); expected a number.",
            "Row 4, amount: is a date (2026-01-03); expected a number.",
            "Row 5, amount: contains TRUE; expected number.",
            f"Row 6, name: {FORMULA}",
            f"Row 6, amount: {FORMULA}",
            TOTAL,
            f"Row 8, name: {FORMULA}",
        ),
        (
            *ODD_NUMBERS,
            (4, "Zoya Khan", "", None),
            (5, "Mary Paul", "9812345674", None),
            (6, "", "9812345675", None),
            (7, "Total", "", None),
            (8, "", "9812345676", 10),
        ),
        raws=(
            (2, {"amount": "=50+50"}),
            (3, {"amount": "=NA()"}),
            (4, {"mobile": "2026-01-02", "amount": "2026-01-03"}),
            (5, {"amount": "TRUE"}),
            (6, {"name": '="Ka"&"ran"', "amount": "=1/0"}),
            (7, {"amount": "=SUM(C2:C6)"}),
            (8, {"name": "=VLOOKUP(7,B2:C3,2,0)"}),
        ),
        cells=(
            (2, {"amount": ["formula", ""]}),
            (3, {"amount": ["formula", ""]}),
            (4, {"mobile": ["date", "dd/mm/yyyy"], "amount": ["date", "dd/mm/yyyy"]}),
            (5, {"amount": ["boolean", '"TRUE";"TRUE";"FALSE"']}),
            (6, {"name": ["formula", ""], "amount": ["formula", ""]}),
            (7, {"amount": ["formula", ""]}),
            (8, {"name": ["formula", ""]}),
        ),
    ),
    # The same sheet as text: what the formulas showed, errors among it.
    Saved(
        "odd_cells.csv",
        (47, 49, 50, 51),
        T.R,
        (
            excel_error(3, "amount", "#N/A"),
            "Row 4, mobile: is a date (02/01/2026); expected a number.",
            "Row 4, amount: is not a number (03/01/2026). Enter a whole number.",
            "Row 5, amount: is not a number (TRUE). Enter a whole number.",
            excel_error(6, "amount", "#DIV/0!"),
            TOTAL,
            excel_error(8, "name", "#N/A"),
        ),
        (
            (2, "Asha Rao", "9812345671", 100),
            (3, "Ravi Iyer", "9812345672", None),
            (4, "Zoya Khan", "", None),
            (5, "Mary Paul", "9812345674", None),
            (6, "Karan", "9812345675", None),
            (7, "Total", "", None),
            (8, "", "9812345676", 10),
        ),
        raws=(
            (3, {"amount": "#N/A"}),
            (4, {"mobile": "02/01/2026", "amount": "03/01/2026"}),
            (5, {"amount": "TRUE"}),
            (6, {"amount": "#DIV/0!"}),
            (7, {"amount": "#DIV/0!"}),
            (8, {"name": "#N/A"}),
        ),
        encoding="utf-8",
        delimiter=",",
    ),
    Saved(
        "merged.xlsx",
        (45,),
        T.R,
        (f"Row 2, amount: {MERGED}", f"Row 3, amount: {MERGED}"),
        (*ODD_NUMBERS, (4, "Zoya Khan", "9812345673", 5)),
    ),
    Saved(
        "hidden.xlsx",
        (42, 43, 44),
        T.W,
        (
            f"Row 3: {HIDDEN}",
            f"Row 4: {HIDDEN}",
            "Note: 1 hidden sheet was ignored.",
            "Note: Column B (“Mobile”) is hidden in the workbook and read all the same. Check its values.",
            "To confirm: 2 hidden rows are included. Remove them if that is not intended.",
        ),
        (
            (2, "Asha Rao", "9812345671", 100),
            (3, "Ravi Iyer", "9812345672", 250),
            (4, "Zoya Khan", "9812345673", 5),
        ),
    ),
    Saved(
        "two_sheets.xlsx",
        (41,),
        T.F,
        (
            (
                "The workbook has 2 sheets with data (अक्टूबर, November). Choose one, or keep only that one in the workbook."
                " [अक्टूबर, November]"
            ),
        ),
    ),
    Saved(
        "titled.xlsx",
        (46,),
        T.F,
        (
            (
                "Header not found in the first row. It seems to be in row 3. "
                "Read the list from there, or delete the rows above it. [row 3]"
            ),
        ),
    ),
    Saved(
        "references.xlsx",
        (103,),
        T.R,
        (
            (
                "Row 2, client_reference: was rounded by Excel (1.234568E+18). "
                "Format the column as text and enter it in full."
            ),
        ),
        ((2, "Asha Rao", "9812345671", 100), (3, "Ravi Iyer", "9812345672", 250)),
        raws=((2, {"client_reference": "1.234568E+18"}),),
        cells=((2, {"client_reference": ["number", ""]}),),
    ),
    Saved("people.xls", (32,), T.F, ("Old .xls files are not supported. Save as .xlsx.",)),
    Saved("people.ods", (35,), T.F, ("Only .csv and .xlsx are accepted.",)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("saved", [pytest.param(saved, id=saved.id) for saved in SAVED])
def test_saved_list_is_read_as_the_table_says(saved: Saved, tmp_path: Path) -> None:
    path = FILES / saved.name
    upload = imported(path.read_bytes(), folder=tmp_path, kind=path.suffix.removeprefix("."))
    assert (treatment(upload), told(upload)) == (saved.treatment, list(saved.told))
    assert (upload.encoding, upload.delimiter) == (saved.encoding, saved.delimiter)
    stored = Row.objects.order_by("number")
    assert tuple(stored.values_list("number", "name", "mobile", "amount")) == saved.rows
    assert tuple((row.number, row.raw) for row in stored if row.raw) == saved.raws
    assert tuple((row.number, row.cells) for row in stored if row.cells) == saved.cells


def test_every_saved_file_is_read_by_a_test() -> None:
    made = {*(f"{name}.xlsx" for name in LISTS), *(f"{name}.csv" for name in CSVS), "people.xls", "people.ods"}
    assert {path.name for path in FILES.iterdir()} == made == {saved.name for saved in SAVED}
