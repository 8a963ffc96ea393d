from decimal import Decimal

import pytest

from allocations.presenters import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (1_234_567, "12,34,567"),
        (100_000, "1,00,000"),
        (-4_000, "−4,000"),
        (123_456_789_012, "1,23,45,67,89,012"),
        (Decimal("1234567.5"), "12,34,567.50"),
        (Decimal("700.00"), "700"),
        (Decimal("-0.05"), "−0.05"),
        (None, "–"),
    ],
)
def test_grouped_is_indian(value, text):
    assert numbers.grouped(value) == text


@pytest.mark.parametrize(("value", "text"), [(251_000, "+2,51,000"), (-4_000, "−4,000"), (0, "0")])
def test_signed_shows_the_direction(value, text):
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("number", "noun", "plural", "text"),
    [
        (1, "row", "", "1 row"),
        (4_973, "row", "", "4,973 rows"),
        (0, "batch", "batches", "0 batches"),
        (1, "batch", "batches", "1 batch"),
    ],
)
def test_counted_agrees_in_number(number, noun, plural, text):
    assert numbers.counted(number, noun, plural) == text


@pytest.mark.parametrize(("value", "text"), [(1, "1 point"), (5_000, "5,000 points"), (None, "–")])
def test_points_names_the_unit(value, text):
    assert numbers.points(value) == text


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (21, "twenty-one"),
        (40, "forty"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (1_000, "one thousand"),
        (1_007, "one thousand and seven"),
        (1_234_567, "twelve lakh thirty-four thousand five hundred and sixty-seven"),
        (2_486_500, "twenty-four lakh eighty-six thousand five hundred"),
        (10_000_000, "one crore"),
        (1_234_500_000, "one hundred and twenty-three crore forty-five lakh"),
    ],
)
def test_in_words_counts_in_lakh_and_crore(number, words):
    assert numbers.in_words(number) == words


@pytest.mark.parametrize(("number", "words"), [(1, "one point"), (2, "two points")])
def test_points_in_words_agrees_in_number(number, words):
    assert numbers.points_in_words(number) == words


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 byte"),
        (820, "820 bytes"),
        (1024, "1 KB"),
        (12_700, "12.4 KB"),
        (104_857_600, "100 MB"),
        (3 * 1024**3, "3,072 MB"),
    ],
)
def test_file_size_has_one_decimal(size, text):
    assert numbers.file_size(size) == text
