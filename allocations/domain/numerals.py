"""Digits and numbers as people in India write them."""

import unicodedata


def grouped(number: int) -> str:
    """`number` with Indian grouping: 1234567 -> 12,34,567."""
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


def number_of(text: str) -> int | None:
    """A whole number in digits, grouped as in India or not at all: 5,00,000 and 500000. None for anything else."""
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.isdecimal() or text not in {plain, grouped(int(plain))}:
        return None
    return int(plain)


def has_foreign_digits(text: str) -> bool:
    """True for Devanagari, full-width, superscript or circled digits: anything numeric that is not 0-9."""
    return not text.isascii() and any(mark.isnumeric() and not mark.isascii() for mark in text)


def english_digits(text: str) -> str:
    """`text` with every digit of another script as 0-9, for the sentence that says what to type."""
    return "".join(_english(mark) for mark in text)


def _english(mark: str) -> str:
    value = unicodedata.digit(mark, -1)
    return mark if value < 0 else str(value)
