"""The protocol's table of faults and the tests name each other."""

import pytest

from tests.docs.faults import FAULTS, _numbers_of, cell, named, table


def test_the_table_has_every_fault_once_and_no_other() -> None:
    assert sorted(table()) == list(FAULTS) == sorted(named())


@pytest.mark.parametrize("fault", FAULTS)
def test_the_tests_that_name_a_fault_are_those_in_its_row(fault: int) -> None:
    """After naming a fault in a test: python -m tests.docs.faults."""
    assert table()[fault] == cell(named().get(fault, []))
    assert table()[fault]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("test f9 a job dies", [9]),
        ("F10, F17: as the kernel does", [10, 17]),
        ("faults F42 to F45.", [42, 43, 44, 45]),
        ("F1score, FF7, IF9, F123", []),
        ("", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, expected: list[int]) -> None:
    assert list(_numbers_of(text)) == expected
