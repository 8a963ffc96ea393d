"""Numbers as they are read in India: 12,34,567, the full value always, "–" for no value."""

from decimal import Decimal

from django.utils.translation import get_language, ngettext, ngettext_lazy

from allocations.domain import numerals
from allocations.presenters.hindi_numbers import in_hindi

NO_VALUE = "–"
MINUS = "−"  # the real minus sign: as wide as a digit, and not broken off at a line's end

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))
# What is counted on pages, so that catalogues have it: `counted` gets its nouns as they come.
_NOUNS = (
    ngettext_lazy("answer", "answers"),
    ngettext_lazy("approver", "approvers"),
    ngettext_lazy("batch", "batches"),
    ngettext_lazy("byte", "bytes"),
    ngettext_lazy("call", "calls"),
    ngettext_lazy("cause", "causes"),
    ngettext_lazy("cell", "cells"),
    ngettext_lazy("decision", "decisions"),
    ngettext_lazy("difference", "differences"),
    ngettext_lazy("error", "errors"),
    ngettext_lazy("event", "events"),
    ngettext_lazy("failed row", "failed rows"),
    ngettext_lazy("lane", "lanes"),
    ngettext_lazy("minute", "minutes"),
    ngettext_lazy("more row", "more rows"),
    ngettext_lazy("place", "places"),
    ngettext_lazy("point", "points"),
    ngettext_lazy("reversal", "reversals"),
    ngettext_lazy("role", "roles"),
    ngettext_lazy("row", "rows"),
    ngettext_lazy("run", "runs"),
    ngettext_lazy("task", "tasks"),
    ngettext_lazy("time", "times"),
    ngettext_lazy("try", "tries"),
    ngettext_lazy("warning", "warnings"),
)


def grouped(value: int | Decimal | None) -> str:
    """1234567 -> 12,34,567. Two decimals only where there are any."""
    if value is None:
        return NO_VALUE
    whole, paise = divmod(int(_size(value) * 100), 100)
    decimals = f".{paise:02}" if paise else ""
    return f"{MINUS if value < 0 else ''}{numerals.grouped(whole)}{decimals}"


def _size(value: int | Decimal) -> Decimal:
    return abs(Decimal(value))


def signed(value: int | Decimal) -> str:
    """A change: +2,51,000 or −4,000."""
    return f"+{grouped(value)}" if value > 0 else grouped(value)


def counted(number: int, noun: str, plural: str = "") -> str:
    """1 row, 4,973 rows. A noun that _NOUNS lacks stays English on every page."""
    return f"{grouped(number)} {ngettext(noun, plural or f'{noun}s', number)}"


def points(value: int | Decimal | None) -> str:
    if value is None:
        return NO_VALUE
    return f"{grouped(value)} {_points(value)}"


def _points(value: int | Decimal) -> str:
    """Of 1.5 as of many: gettext counts whole ones only."""
    return ngettext("point", "points", 1 if value == 1 else 2)


def in_words(number: int) -> str:
    """1234567 -> twelve lakh thirty-four thousand five hundred and sixty-seven. `number` is not negative."""
    return in_hindi(number) if get_language() == "hi" else _in_english(number)


def _in_english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    front, rest = divmod(number, size)
    joint = " and " if rest < 100 else " "
    return f"{_in_english(front)} {name}" + (f"{joint}{_in_english(rest)}" if rest else "")


def points_in_words(number: int) -> str:
    return f"{in_words(number)} {_points(number)}"


def file_size(size: int) -> str:
    """Bytes as people read them: 820 bytes, 12.4 KB, 3.1 MB."""
    if size < 1024:
        return counted(size, "byte")
    for unit in ("KB", "MB"):
        size_in_tenths = size * 10 // 1024
        size //= 1024
        if size < 1024 or unit == "MB":
            break
    tenths = f".{size_in_tenths % 10}" if size_in_tenths % 10 else ""
    return f"{grouped(size_in_tenths // 10)}{tenths} {unit}"
