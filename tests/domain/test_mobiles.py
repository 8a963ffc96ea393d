"""Mobile cells. The ids are the lines of the table of odd uploads in docs."""

import pytest

from allocations.domain.cells import CleanRow, RowLimits
from allocations.domain.problems import Problem, Severity
from allocations.domain.rows import clean_row

LIMITS = RowLimits(max_points=100_000)
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def clean(mobile: str) -> tuple[CleanRow, tuple[Problem, ...]]:
    return clean_row(("", "Asha", "", mobile, "100", "", ""), limits=LIMITS)


@pytest.mark.parametrize(
    ("found", "value"),
    [
        pytest.param("9812345670", "9812345670", id="case_52_digits"),
        pytest.param("9812345670.0", "9812345670", id="case_52_numeric_text"),
        pytest.param("+919812345670", "9812345670", id="case_55_plus_91"),
        pytest.param("919812345670", "9812345670", id="case_55_91"),
        pytest.param("00919812345670", "9812345670", id="case_55_0091"),
        pytest.param("09812345670", "9812345670", id="case_55_0"),
        pytest.param("+91 09812345670", "9812345670", id="case_55_plus_91_and_0"),
        pytest.param("98123 45670", "9812345670", id="case_56_space"),
        pytest.param("98123-45670", "9812345670", id="case_56_dash"),
        pytest.param("98123–45670", "9812345670", id="case_56_en_dash"),
        pytest.param("98.12.34.56.70", "9812345670", id="case_56_dots"),
        pytest.param("(+91) 98123 45670", "9812345670", id="case_56_parentheses"),
        pytest.param("'9812345670", "9812345670", id="case_57_apostrophe"),
        pytest.param("\u00a09812345670\u200b", "9812345670", id="case_64_around"),
        pytest.param("  9812345670  ", "9812345670", id="case_56_around"),
    ],
)
def test_mobile_is_normalised(found: str, value: str) -> None:
    row, problems = clean(found)
    assert (row.mobile, problems) == (value, ())


@pytest.mark.parametrize(
    ("found", "code", "message"),
    [
        pytest.param("", "mobile_missing", "is empty. Enter the 10-digit mobile number.", id="empty"),
        pytest.param(
            "9.87654E+09",
            "mobile_damaged_by_excel",
            "was shortened by Excel (9.87654E+09). Format the column as text and enter the full number.",
            id="case_53",
        ),
        pytest.param(
            "98123456",
            "mobile_wrong_length",
            "has 8 digits (98123456); an Indian mobile number has 10.",
            id="case_58_short",
        ),
        pytest.param(
            "98123456701",
            "mobile_wrong_length",
            "has 11 digits (98123456701); an Indian mobile number has 10.",
            id="case_58_long",
        ),
        pytest.param(
            "5812345670",
            "mobile_wrong_start",
            "starts with 5 (5812345670); an Indian mobile number starts with 6, 7, 8 or 9.",
            id="case_58_start",
        ),
        pytest.param(
            "9812345670/9712345670",
            "mobile_several",
            "contains two numbers (9812345670/9712345670). Keep one.",
            id="case_59_slash",
        ),
        pytest.param(
            "9812345670 9712345670",
            "mobile_several",
            "contains two numbers (9812345670 9712345670). Keep one.",
            id="case_59_space",
        ),
        pytest.param(
            "+14155550100",
            "mobile_foreign_country",
            "is not an Indian number (+14155550100); only Indian mobile numbers are accepted.",
            id="case_60",
        ),
        pytest.param(
            "००91९८१२३४५६७०",
            "mobile_foreign_digits",
            "uses non-English digits. Type it as 00919812345670.",
            id="case_62_devanagari",
        ),
        pytest.param(
            "９８１２３４５６７０",
            "mobile_foreign_digits",
            "uses non-English digits. Type it as 9812345670.",
            id="case_62_full_width",
        ),
        pytest.param(
            "981234567①",
            "mobile_foreign_digits",
            "uses non-English digits. Type it as 9812345671.",
            id="case_63_circled",
        ),
        pytest.param(
            "981234567²",
            "mobile_foreign_digits",
            "uses non-English digits. Type it as 9812345672.",
            id="case_63_superscript",
        ),
        pytest.param(
            "98123\u202e45670",
            "direction_marks",
            "contains invisible direction marks. Type the cell again.",
            id="case_65",
        ),
        pytest.param(
            "98123\x0745670",
            "control_characters",
            "contains control characters. Type the cell again.",
            id="case_66",
        ),
        pytest.param(
            "981234567O",
            "mobile_letters",
            "contains letters (981234567O). Use the digits 0-9 only.",
            id="case_67",
        ),
        pytest.param(
            "98123*5670",
            "mobile_invalid",
            "is not a 10-digit Indian mobile number (98123*5670). Use the digits 0-9 only.",
            id="case_58_mark",
        ),
        pytest.param(
            "98123\n45670",
            "line_break",
            "contains a line break. A quote may be missing in the file.",
            id="case_9",
        ),
        pytest.param(
            "9812345670\n",
            "line_break",
            "contains a line break. A quote may be missing in the file.",
            id="case_9_at_the_end",
        ),
    ],
)
def test_mobile_is_refused(found: str, code: str, message: str) -> None:
    row, problems = clean(found)
    assert (row.mobile, problems) == ("", (Problem(code, "mobile", ERROR, found, message),))


@pytest.mark.parametrize(
    ("found", "value", "code"),
    [
        pytest.param("9999999999", "9999999999", "mobile_made_up", id="case_61_repeated"),
        pytest.param("+91 98765 43210", "9876543210", "mobile_made_up", id="case_61_counting"),
        pytest.param("98123\u200b45670", "9812345670", "invisible_characters", id="case_64_inside"),
    ],
)
def test_odd_mobile_is_kept_with_a_warning(found: str, value: str, code: str) -> None:
    row, problems = clean(found)
    assert (row.mobile, [(p.code, p.severity) for p in problems]) == (value, [(code, WARNING)])
