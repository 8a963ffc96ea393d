import pytest

from allocations.domain.cells import NumberCell, OddCell, OddKind
from allocations.domain.forensics import address, column_letter, forensics, shows_shortened


def number(text: str, *, shown: str = "") -> NumberCell:
    cell = NumberCell(text)
    if shown:
        cell.number_format = shown
    return cell


def test_clean_row_of_text_and_plain_numbers_keeps_nothing() -> None:
    cells = ("", "Asha", "", number("9812345671", shown="0"), number("100"), "", "")
    assert forensics(cells, {}) == {}


def test_cells_are_kept_where_the_clean_value_does_not_explain_itself() -> None:
    date = OddCell(OddKind.DATE, "2026-01-02", "dd-mm-yy")
    cells = ("", "=A1", date, number("9812345671", shown="0.00E+00"), number("1.5", shown="0"), "x", number("12"))
    assert forensics(cells, {"amount": "1.5", "remarks": "x"}) == {
        "email": ["date", "dd-mm-yy"],
        "mobile": ["number", "0.00E+00"],
        "amount": ["number", "0"],
    }


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ("0.00E+00", True),
        ("##0.0E+0", True),
        ("", False),
        ("#,##0", False),
        ('0" E+"', False),
        ("[Red]0", False),
        ("0\\E+0", False),
    ],
)
def test_scientific_formats_are_known(number_format: str, *, expected: bool) -> None:
    assert shows_shortened(number_format) is expected


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [("", "C14"), ("Sheet1", "Sheet1!C14"), ("My list", "'My list'!C14"), ("Asha's", "'Asha''s'!C14")],
)
def test_address_is_the_spreadsheets(sheet: str, expected: str) -> None:
    assert address(sheet, 2, 14) == expected


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letter(index: int, letter: str) -> None:
    assert column_letter(index) == letter
