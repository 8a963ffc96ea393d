"""Whole rows: names, titles, e-mails, references, odd cells. The ids are the lines of the table of odd uploads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.careful import clean_carefully
from allocations.domain.cells import FIELDS, CleanRow, OddCell, OddKind, RowLimits
from allocations.domain.problems import Severity
from allocations.domain.rows import clean_row

LIMITS = RowLimits(max_points=100_000)
GOOD = dict(zip(FIELDS, ("", "Asha Rao", "", "9812345670", "100", "", ""), strict=True))


def clean(**cells: object) -> tuple[CleanRow, list[tuple[str, str, str]]]:
    row, problems = clean_row(tuple((GOOD | cells).values()), limits=LIMITS)
    return row, [(p.code, p.field, p.severity.value) for p in problems]


@pytest.mark.parametrize(
    ("field", "found", "value"),
    [
        pytest.param("name", "  Asha   Rao ", "Asha Rao", id="spaces"),
        pytest.param("name", "Ame\u0301lie", "Am\u00e9lie", id="case_94"),
        pytest.param("name", "ക്ഷിതി\u200dക", "ക്ഷിതി\u200dക", id="case_64_joiner_of_a_script"),
        pytest.param("name", "Аshа", "Аshа", id="case_95"),
        pytest.param("title", "MR.", "Mr", id="case_96_dot"),
        pytest.param("title", "mrs", "Mrs", id="case_96_case"),
        pytest.param("email", "", "", id="case_97"),
        pytest.param("email", "Asha.Rao+x@EXAMPLE.com", "Asha.Rao+x@example.com", id="case_99"),
        pytest.param("email", "asha@उदाहरण.भारत", "asha@उदाहरण.भारत", id="case_99_idn"),
        pytest.param("client_reference", " EMP-1 ", "EMP-1", id="case_104_trimmed"),
        pytest.param("remarks", "#1 in sales, 'best'", "#1 in sales, 'best'", id="case_121"),
        pytest.param("remarks", "#DIWALI!", "#DIWALI!", id="no_error_of_a_sheet"),
    ],
)
def test_cell_is_normalised(field: str, found: str, value: str) -> None:
    row, problems = clean(**{field: found})
    assert (getattr(row, field), problems) == (value, [])


@pytest.mark.parametrize(
    ("field", "found", "code"),
    [
        pytest.param("name", "", "name_missing", id="case_89"),
        pytest.param("name", "A" * 101, "name_too_long", id="case_92_name"),
        pytest.param("remarks", "x" * 1001, "cell_too_long", id="case_92_cell"),
        pytest.param("remarks", "x" * 501, "remarks_too_long", id="case_124"),
        pytest.param("name", "As\x07ha", "control_characters", id="case_66"),
        pytest.param("title", "Dr", "title_unknown", id="case_96"),
        pytest.param("email", "asha.example.com", "email_invalid", id="case_98"),
        pytest.param("email", "a@example.com, b@example.com", "email_invalid", id="case_98_two"),
        pytest.param("email", "mailto:a@example.com", "email_invalid", id="case_98_mailto"),
        pytest.param("email", "a b@example.com", "email_invalid", id="case_98_space"),
        pytest.param("email", "a@example.com,", "email_invalid", id="case_98_comma"),
        pytest.param("email", "a@\u202eexample.com", "direction_marks", id="case_65"),
        pytest.param("client_reference", "1.23E+15", "reference_damaged_by_excel", id="case_103"),
        pytest.param("client_reference", "A" * 31, "reference_invalid", id="case_104_long"),
        pytest.param("client_reference", "A/B", "reference_invalid", id="case_104_slash"),
        pytest.param("client_reference", "A\nB", "line_break", id="case_9"),
        pytest.param("name", "#N/A", "cell_error", id="case_49_as_text"),
        pytest.param("remarks", "#DIV/0!", "cell_error", id="case_49_as_text_remarks"),
        pytest.param("remarks", "Err:508", "cell_error", id="case_49_of_libreoffice"),
    ],
)
def test_cell_is_refused(field: str, found: str, code: str) -> None:
    row, problems = clean(**{field: found})
    assert (getattr(row, field), problems) == ("", [(code, field, "error")])


@pytest.mark.parametrize(
    ("field", "found", "value", "code"),
    [
        pytest.param("name", "Asha\nRao", "Asha Rao", "line_break", id="case_8_name"),
        pytest.param("remarks", "well\r\ndone", "well done", "line_break", id="case_8_remarks"),
        pytest.param("name", "As\u200bha", "Asha", "invisible_characters", id="case_64"),
        pytest.param("name", "Asha\u202e", "Asha", "direction_marks", id="case_65"),
        pytest.param("name", "😀 12", "😀 12", "name_without_letters", id="case_90"),
        pytest.param("name", "=Asha", "=Asha", "name_like_formula", id="case_91"),
        pytest.param("name", "<b>Asha", "<b>Asha", "markup", id="case_93_name"),
        pytest.param("remarks", "<b>", "<b>", "markup", id="case_93_remarks"),
    ],
)
def test_odd_cell_is_kept_with_a_warning(field: str, found: str, value: str, code: str) -> None:
    row, problems = clean(**{field: found})
    assert (getattr(row, field), problems) == (value, [(code, field, "warning")])


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        pytest.param(OddKind.MERGED, "", "is part of a merged cell; unmerge it.", id="case_45"),
        pytest.param(OddKind.FORMULA, "=A1", "contains a formula. Paste values only.", id="case_48"),
        pytest.param(
            OddKind.ERROR, "#REF!", "contains the Excel error #REF!. Correct it in the workbook.", id="case_49"
        ),
        pytest.param(OddKind.BOOLEAN, "TRUE", "contains TRUE; expected number.", id="case_50"),
        pytest.param(OddKind.DATE, "2026-01-02", "is a date (2026-01-02); expected a number.", id="case_51"),
    ],
)
def test_odd_cell_of_a_workbook_is_an_error(kind: OddKind, text: str, message: str) -> None:
    cells = tuple((GOOD | {"amount": OddCell(kind, text)}).values())
    row, problems = clean_row(cells, limits=LIMITS)
    assert (row.amount, [(p.found, p.message) for p in problems]) == (None, [(text, message)])


@pytest.mark.parametrize("label", ["Total", "GRAND TOTAL:", "sub-total", "Total points"])
def test_row_with_a_total_is_one_error_case_47(label: str) -> None:
    assert clean(name=label, mobile="", amount="12345")[1] == [("total_row", "name", "error")]


def test_row_with_several_problems_names_them_all() -> None:
    found = clean(name="", mobile="12", amount="x")[1]
    assert [code for code, _, _ in found] == ["name_missing", "mobile_wrong_length", "amount_not_a_number"]


def test_found_text_is_cut_at_80_characters() -> None:
    _, problems = clean_row(tuple((GOOD | {"name": "A" * 200}).values()), limits=LIMITS)
    assert problems[0].found == "A" * 80


alphabet = st.sampled_from("aZ09 +-.@,'<=\n\t\u200b\u200d\u00a0\u0301\u202eéकि९²①₹/()eE")
text = st.text(alphabet, max_size=24)
mobile = st.one_of(text, st.from_regex(r"(\+91|0|91)?[ -]?[6-9][0-9]{4}[ -]?[0-9]{5}", fullmatch=True))
amount = st.one_of(text, st.from_regex(r"[0-9]{1,6}", fullmatch=True))
email = st.one_of(text, st.just(""), st.from_regex(r"[A-Za-z0-9.]{1,9}@[a-z0-9]{1,9}\.[a-z]{1,3}", fullmatch=True))
name = st.one_of(text, st.sampled_from(["Asha Rao", "आशा राव", "क़ासिम", "G.S. D'Souza-Rao", "A  B"]))
title = st.sampled_from(["", "Mr", "Mr.", "ms"])
rows = st.tuples(title, name, email, mobile, amount, text, st.one_of(text, st.just("EMP-1")))


@given(rows)
def test_cleaning_a_clean_row_changes_nothing(cells: tuple[str, ...]) -> None:
    row, problems = clean_row(cells, limits=LIMITS)
    again = tuple("" if value is None else str(value) for value in row)
    row_again, problems_again = clean_row(again, limits=LIMITS)
    assert row_again == row
    if all(problem.severity is Severity.WARNING for problem in problems):
        assert {p.code for p in problems_again} <= {p.code for p in problems}


@given(rows)
def test_short_cut_and_careful_way_agree(cells: tuple[str, ...]) -> None:
    assert clean_row(cells, limits=LIMITS) == clean_carefully(cells, limits=LIMITS)
