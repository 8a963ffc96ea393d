"""Amounts with zeros too many, beside the list and beside what the person was given before."""

import pytest

from allocations.domain.batches import ListCheck
from allocations.domain.cells import CleanRow
from allocations.domain.unusual import far_above_history, middle_amount


def found(amounts: list[int | None], *, factor: int = 10) -> list[tuple[int, str]]:
    rows = [CleanRow("", "Asha", "", str(9812300000 + at), amount, "", "") for at, amount in enumerate(amounts)]
    check = ListCheck()
    check.add(range(2, 2 + len(rows)), rows)
    return [(number, problem.message) for number, problem in check.far_above(factor=factor)]


@pytest.mark.parametrize(
    ("rows", "middle"),
    [
        ({}, None),
        ({500: 19}, None),
        ({500: 20}, 500),
        ({100: 10, 900: 10}, 100),
        ({100: 10, 900: 11}, 900),
        ({700: 1, 100: 10, 500: 10}, 500),
    ],
)
def test_middle_is_an_amount_of_the_list_and_needs_twenty_rows(rows, middle) -> None:
    assert middle_amount(rows) == middle


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([500] * 19 + [4_999], []),
        ([500] * 18 + [5_000], []),
        (
            [500] * 19 + [5_000],
            [(21, "is 10 times the amount in the middle of this list (500). Count the zeros.")],
        ),
        (
            [70_001] + [700] * 20,
            [(2, "is more than 100 times the amount in the middle of this list (700). Count the zeros.")],
        ),
        (
            [500] * 19 + [None, 5_000],
            [(22, "is 10 times the amount in the middle of this list (500). Count the zeros.")],
        ),
        ([None] * 30, []),
    ],
)
def test_row_far_above_its_list(amounts, expected) -> None:
    assert found(amounts) == expected


def test_factor_is_a_setting_and_none_finds_nothing() -> None:
    amounts = [100] * 20 + [300]
    assert ([len(found(amounts, factor=factor)) for factor in (0, 3, 4)]) == [0, 1, 0]


def test_sentence_names_where_the_most_was_given() -> None:
    problem = far_above_history(7_000, 500, batch_id=214, number=1_012)
    assert (problem.field, problem.severity, problem.found) == ("amount", "warning", "7000")
    assert problem.message == (
        "is 14 times the most that this person was given before (500, batch 214, row 1,012). Count the zeros."
    )
