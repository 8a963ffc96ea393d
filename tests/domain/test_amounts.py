"""Amount cells. The ids are the lines of the table of odd uploads."""

import pytest

from allocations.domain.amounts import clean_amount
from allocations.domain.cells import RowLimits
from allocations.domain.rows import clean_row

LIMITS = RowLimits(max_points=100_000)


def clean(amount: str) -> tuple[int | None, list[tuple[str, str]]]:
    row, problems = clean_row(("", "Asha", "", "9812345670", amount, "", ""), limits=LIMITS)
    return row.amount, [(problem.code, problem.severity.value) for problem in problems]


@pytest.mark.parametrize(
    ("found", "points"),
    [
        pytest.param("100", 100, id="case_68"),
        pytest.param("0100", 100, id="case_68_leading_zero"),
        pytest.param("100000", 100_000, id="case_83_at_the_limit"),
        pytest.param("100.0", 100, id="case_69_one_zero"),
        pytest.param("100.00", 100, id="case_69_two_zeros"),
        pytest.param("100.", 100, id="case_69_dot"),
        pytest.param(" 100  ", 100, id="case_88"),
        pytest.param("'100", 100, id="case_88_apostrophe"),
    ],
)
def test_amount_is_accepted(found: str, points: int) -> None:
    assert clean(found) == (points, [])


@pytest.mark.parametrize(
    ("found", "points"),
    [
        pytest.param("1,000", 1000, id="case_72_western"),
        pytest.param("1,00,000", 100_000, id="case_72_indian"),
        pytest.param("10,000.00", 10_000, id="case_72_paise"),
        pytest.param("1 000", 1000, id="case_74_space"),
        pytest.param("1\u00a0000", 1000, id="case_74_no_break_space"),
        pytest.param("Rs 100", 100, id="case_75_rs"),
        pytest.param("Rs.1,000/-", 1000, id="case_75_all_of_it"),
        pytest.param("INR 100", 100, id="case_75_inr"),
        pytest.param("₹100", 100, id="case_75_sign"),
        pytest.param("100/-", 100, id="case_75_slash_dash"),
    ],
)
def test_amount_in_other_notation_is_read_with_a_warning(found: str, points: int) -> None:
    assert clean(found) == (points, [("amount_read_as", "warning")])


@pytest.mark.parametrize(
    ("found", "code"),
    [
        pytest.param("100.5", "amount_fraction", id="case_70"),
        pytest.param("0.30000000000000004", "amount_fraction", id="case_71_float"),
        pytest.param("99.99999999", "amount_fraction", id="case_71_nearly"),
        pytest.param("1.000", "amount_ambiguous", id="case_73_dot"),
        pytest.param("1.000,00", "amount_ambiguous", id="case_73_both"),
        pytest.param("100,50", "amount_ambiguous", id="case_73_comma"),
        pytest.param("12,345,6", "amount_odd_grouping", id="case_72_odd"),
        pytest.param("$100", "amount_other_currency", id="case_76_sign"),
        pytest.param("100USD", "amount_other_currency", id="case_76_word"),
        pytest.param("0", "amount_zero", id="case_77"),
        pytest.param("0.0", "amount_zero", id="case_77_decimal"),
        pytest.param("-100", "amount_negative", id="case_78_minus"),
        pytest.param("(100)", "amount_negative", id="case_78_parentheses"),
        pytest.param("−100", "amount_negative", id="case_78_unicode_minus"),
        pytest.param("-0", "amount_negative", id="case_78_minus_zero"),
        pytest.param("+100", "amount_plus_sign", id="case_79"),
        pytest.param("1e3", "amount_scientific", id="case_80_small"),
        pytest.param("1E+3", "amount_scientific", id="case_80_large"),
        pytest.param("1_000", "amount_not_a_number", id="case_81_underscore"),
        pytest.param("0x64", "amount_not_a_number", id="case_81_hexadecimal"),
        pytest.param("NaN", "amount_not_a_number", id="case_82_nan"),
        pytest.param("Infinity", "amount_not_a_number", id="case_82_infinity"),
        pytest.param("1000000000000", "amount_above_limit", id="case_83"),
        pytest.param("100001", "amount_above_limit", id="case_83_by_one"),
        pytest.param("9" * 900, "amount_above_limit", id="case_84"),
        pytest.param("9" * 5000, "cell_too_long", id="case_84_longer_than_a_cell"),
        pytest.param("", "amount_missing", id="case_86"),
        pytest.param("hundred", "amount_not_a_number", id="case_87"),
        pytest.param("1,20 hundred", "amount_not_a_number", id="case_87_mixed"),
        pytest.param("१००", "amount_foreign_digits", id="case_62"),
        pytest.param("100\n", "line_break", id="case_9"),
        pytest.param("1\u200f00", "direction_marks", id="case_65"),
        pytest.param("1\x0000", "control_characters", id="case_66"),
    ],
)
def test_amount_is_refused(found: str, code: str) -> None:
    assert clean(found) == (None, [(code, "error")])


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("100.5", "is 100.5; points must be a whole number. Nothing is rounded."),
        ("1e12", "is in scientific notation (1e12). Enter the number in full."),
        ("250000", "is 250000; that is above the limit of 1,00,000 points per person."),
        ("Rs 5,000/-", "is written Rs 5,000/-; it is read as 5000."),
    ],
)
def test_amount_problem_names_value_rule_and_next_step(found: str, message: str) -> None:
    _, problem = clean_amount(found, max_points=100_000)
    assert problem is not None
    assert problem.message == message
