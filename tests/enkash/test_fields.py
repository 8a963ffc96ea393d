from decimal import Decimal

import pytest

from allocations.enkash.fields import count, message, number, text


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" a ", "a"),
        (9000000001, "9000000001"),
        (True, ""),
        (None, ""),
        ([], ""),
        (Decimal("1.5"), ""),
        ("a\0b", "a\ufffdb"),
    ],
)
def test_text_reads_texts_and_whole_numbers(value, read):
    assert text({"k": value}, "k") == read


def test_text_takes_the_first_name_that_says_something():
    assert text({"a": " ", "b": "B", "c": "C"}, "missing", "a", "b", "c") == "B"


def test_message_is_cut():
    assert message({"reason": "x" * 3000}, "reason") == "x" * 2000


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (10, Decimal(10)),
        (Decimal("10.5"), Decimal("10.5")),
        ("10", Decimal(10)),
        (" 10.50 ", Decimal("10.50")),
        ("-3", Decimal(-3)),
        ("1,000", None),
        ("1e3", None),
        ("\u0967\u0966", None),
        ("9" * 21, None),
        (False, None),
        (None, None),
        ({}, None),
    ],
)
def test_number_reads_numbers_and_their_texts(value, read):
    assert number({"k": value}, "k") == read


@pytest.mark.parametrize(
    ("value", "read"), [(2, 2), ("2", 2), (Decimal("2.0"), 2), (Decimal("2.5"), None), (-1, None), ("", None)]
)
def test_count_is_whole_and_not_negative(value, read):
    assert count({"k": value}, "k") == read
