"""The usual mistakes, at the rates lists really have: about 3 rows of 200 with an error, a few with a warning."""

from collections.abc import Callable
from random import Random

Cells = tuple[str, ...]
Flaw = Callable[[Random, Cells, list[Cells]], Cells]
_TITLE, _NAME, _EMAIL, _MOBILE, _AMOUNT, _REMARKS, _REFERENCE = range(7)
_KEPT = 200


def spoil(random: Random, cells: Cells, earlier: list[Cells]) -> Cells:
    """Return the row, now and then with one mistake; `earlier` collects good rows that a later one repeats."""
    rate, chosen = random.random(), cells
    for share, flaw in _FLAWS:
        if rate < share:
            chosen = flaw(random, cells, earlier)
            break
        rate -= share
    if chosen is cells and len(earlier) < _KEPT:
        earlier.append(cells)
    return chosen


def _with(cells: Cells, index: int, text: str) -> Cells:
    return (*cells[:index], text, *cells[index + 1 :])


def _digits(cells: Cells) -> str:
    return "".join(mark for mark in cells[_MOBILE] if mark.isdigit())[-10:]


def _damaged_by_excel(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _MOBILE, f"{int(_digits(cells)):.5E}")


def _digit_missing(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _MOBILE, _digits(cells)[:-1])


def _letter_for_digit(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _MOBILE, f"{_digits(cells)[:-1]}O")


def _two_numbers(random: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _MOBILE, f"{_digits(cells)}/9{random.randrange(10**9):09}")


def _empty_mobile(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _MOBILE, "")


def _fraction(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, f"{cells[_AMOUNT]}.50")


def _zero(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, "0")


def _ten_lakh(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, "1000000")


def _two_zeros_more(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, f"{cells[_AMOUNT][:3]}00")


def _words(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, "five hundred")


def _bad_email(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _EMAIL, cells[_EMAIL].replace("@", " at ") or "none")


def _doctor(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _TITLE, "Dr")


def _rupees(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, f"Rs {cells[_AMOUNT]}/-")


def _grouped(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _AMOUNT, "1,500")


def _line_break(_: Random, cells: Cells, __: list[Cells]) -> Cells:
    return _with(cells, _REMARKS, "Spot award\nOctober")


def _same_person(random: Random, cells: Cells, earlier: list[Cells]) -> Cells:
    return (*random.choice(earlier)[:_REFERENCE], cells[_REFERENCE]) if earlier else cells


def _same_reference(random: Random, cells: Cells, earlier: list[Cells]) -> Cells:
    return _with(cells, _REFERENCE, random.choice(earlier)[_REFERENCE]) if earlier else cells


_FLAWS: tuple[tuple[float, Flaw], ...] = (
    (0.0030, _damaged_by_excel),
    (0.0025, _digit_missing),
    (0.0010, _letter_for_digit),
    (0.0008, _two_numbers),
    (0.0010, _empty_mobile),
    (0.0020, _fraction),
    (0.0006, _zero),
    (0.0004, _ten_lakh),
    (0.0004, _words),
    (0.0015, _bad_email),
    (0.0008, _doctor),
    (0.0005, _same_reference),
    (0.0030, _rupees),
    (0.0040, _grouped),
    (0.0015, _line_break),
    (0.0020, _same_person),
    (0.0015, _two_zeros_more),
)
