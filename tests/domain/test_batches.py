"""Whole lists. The ids are the lines of the table of odd uploads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.batches import ListCheck, check_points_total
from allocations.domain.cells import CleanRow, RowLimits
from allocations.domain.files import FileRefused
from allocations.domain.rows import clean_row

LIMITS = RowLimits(max_points=100_000)


def row(mobile: str, *, name="Asha", email="", amount: int | None = 100, reference="") -> CleanRow:
    return CleanRow("", name, email, mobile, amount, "", reference)


def findings(*rows: CleanRow) -> list[tuple[int, str, str]]:
    check = ListCheck()
    check.add(range(2, 2 + len(rows)), rows)
    return [(number, problem.code, problem.severity.value) for number, problem in check.findings()]


A, B, C = "9812345671", "9812345672", "9812345673"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row(A), row(B)], [], id="different_people"),
        pytest.param(
            [row(A, reference="E1"), row(B, reference="E1")],
            [(2, "reference_twice", "error"), (3, "reference_twice", "error")],
            id="case_100",
        ),
        pytest.param(
            [row(A, reference="E-1"), row(B, reference="e1")],
            [(2, "reference_nearly_twice", "error"), (3, "reference_nearly_twice", "error")],
            id="case_101",
        ),
        pytest.param(
            [row(A), row(B), row(A)],
            [(2, "same_person_and_amount", "warning"), (4, "same_person_and_amount", "warning")],
            id="case_105",
        ),
        pytest.param(
            [row(A), row(A, amount=200)],
            [(2, "same_person_other_amount", "warning"), (3, "same_person_other_amount", "warning")],
            id="case_105_other_amount",
        ),
        pytest.param(
            [row(A, email="a@example.com"), row(A, email="b@example.com")],
            [(2, "same_mobile_other_email", "error"), (3, "same_mobile_other_email", "error")],
            id="case_106_email",
        ),
        pytest.param(
            [row(A, email="A@example.com"), row(A, email="a@example.com", name="Ravi")],
            [
                (2, "same_person_and_amount", "warning"),
                (2, "same_mobile_other_name", "warning"),
                (3, "same_person_and_amount", "warning"),
                (3, "same_mobile_other_name", "warning"),
            ],
            id="case_106_name",
        ),
        pytest.param(
            [row(A), row(A, email="a@example.com"), row(A, email="b@example.com")],
            [
                (3, "same_mobile_other_email", "error"),
                (4, "same_mobile_other_email", "error"),
                (2, "same_person_and_amount", "warning"),
            ],
            id="case_106_beside_an_empty_email",
        ),
        pytest.param(
            [row(A, email="a@example.com"), row(B, email="A@EXAMPLE.com")],
            [(2, "same_email_other_mobile", "warning"), (3, "same_email_other_mobile", "warning")],
            id="case_107",
        ),
        pytest.param([row(""), row(""), row("", amount=None)], [], id="unreadable_mobiles_match_nothing"),
        pytest.param([row("9812340000"), *(row(str(9812345671 + n)) for n in range(40))], [], id="case_54_below"),
        pytest.param(
            [row("9812340000"), *(row(str(9812345671 + n)) for n in range(30))],
            [(2, "mobile_rounded", "warning")],
            id="case_54",
        ),
    ],
)
def test_list_check_finds(rows: list[CleanRow], expected: list[tuple[int, str, str]]) -> None:
    assert findings(*rows) == expected


def test_same_person_in_two_notations_is_found_case_108() -> None:
    cells = [("", "Asha", "", mobile, "100", "", "") for mobile in ("+91 98123 45671", "09812345671")]
    rows = [clean_row(cell, limits=LIMITS)[0] for cell in cells]
    assert [code for _, code, _ in findings(*rows)] == ["same_person_and_amount"] * 2


def test_person_500_times_gets_one_problem_a_row_naming_the_first_other_row() -> None:
    check = ListCheck()
    check.add(range(2, 502), [row(A)] * 500)
    messages = [problem.message for _, problem in check.findings()]
    end = ". Keep both only if both are meant."
    assert messages == [f"same person and amount as row 3{end}"] + [f"same person and amount as row 2{end}"] * 499


def test_list_check_adds_up_over_blocks() -> None:
    check = ListCheck()
    check.add([2, 3], [row(A, amount=10), row(B, amount=None)])
    check.add([], [])
    check.add([5], [row(C, amount=32)])
    assert (len(check), check.points) == (3, 42)


def test_points_total_at_the_limit_passes() -> None:
    check_points_total(100_000, limit=100_000)


def test_points_total_above_the_limit_refuses_the_list_case_85() -> None:
    with pytest.raises(FileRefused) as refused:
        check_points_total(1_234_567, limit=100_000)
    assert refused.value.sentence == "The list totals 12,34,567 points; the limit is 1,00,000. Split the list."


people = st.builds(
    row,
    st.sampled_from([A, B, C, ""]),
    name=st.sampled_from(["Asha", "Ravi"]),
    email=st.sampled_from(["", "a@example.com", "b@example.com"]),
    amount=st.sampled_from([None, 1, 2]),
    reference=st.sampled_from(["", "E1", "e1", "E2"]),
)


@given(st.lists(people, max_size=12), st.integers(0, 12))
def test_findings_do_not_depend_on_how_the_list_was_cut(rows: list[CleanRow], cut: int) -> None:
    check = ListCheck()
    check.add(range(2, 2 + len(rows[:cut])), rows[:cut])
    check.add(range(2 + len(rows[:cut]), 2 + len(rows)), rows[cut:])
    assert [(n, p.code, p.severity.value) for n, p in check.findings()] == findings(*rows)


@given(st.lists(people, max_size=12))
def test_every_repeated_mobile_is_named_in_each_of_its_rows(rows: list[CleanRow]) -> None:
    mobiles = [person.mobile for person in rows]
    expected = {2 + i for i, mobile in enumerate(mobiles) if mobile and mobiles.count(mobile) > 1}
    assert {
        number for number, code, _ in findings(*rows) if code.startswith(("same_mobile_other_email", "same_person"))
    } == expected
