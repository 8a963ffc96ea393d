"""Points: whole numbers, at least 1. Nothing is rounded and no ambiguous notation is guessed."""

import re

from allocations.domain.numerals import english_digits, grouped, has_foreign_digits
from allocations.domain.problems import Problem, error, quoted, warning

FIELD = "amount"
# No honest amount is longer; beyond it int() costs more than the answer is worth.
_LONGEST = 30

_SHORT = re.compile("[0-9]{1,15}")
_RUPEES = re.compile(r"(?:rs\.?|inr|₹)\s*|\s{0,9}(?:/-|/=|rs\.?|inr|₹)", re.IGNORECASE)
_OTHER_CURRENCY = re.compile(
    r"[$€£¥¢₩₽₿]|(?<![a-z])(?:usd|eur|gbp|aed|sgd|dollars?|euros?|pounds?)(?![a-z])", re.IGNORECASE
)
_NEGATIVE = re.compile("[-\u2010-\u2015\u2212].*[0-9].*|.*[0-9]\\s*[-\u2212]|\\([^)]*[0-9][^)]*\\)")
_SCIENTIFIC = re.compile(r"[0-9][0-9.,]*[eE][+-]?[0-9]+")
_PLAIN = re.compile(r"([0-9]+)(?:\.0*)?")
_GROUPED = re.compile(
    r"((?:[0-9]{1,3}(?:([, ])[0-9]{3})(?:\2[0-9]{3})*)|(?:[0-9]{1,2}(?:([, ])[0-9]{2})*\3[0-9]{3}))(?:\.0*)?"
)
_AMBIGUOUS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+,[0-9]{1,2}")
_FRACTION = re.compile(r"[0-9, ]*\.[0-9]+")
_COMMAS = re.compile(r"[0-9]+(?:[, ]+[0-9]+)+")


def clean_amount(text: str, *, max_points: int) -> tuple[int | None, Problem | None]:
    """Return the points, or None and the error; a warning comes with the points as they were read."""
    if _SHORT.fullmatch(text):
        return _in_limits(text, text, max_points)
    found, text = text, text.lstrip("'’`").strip()
    if len(text) > _LONGEST and text.isascii() and text.replace(",", "").isdigit():
        return None, _above(found, max_points)
    bare, symbols = _without_rupees(text)
    problem = _unreadable(bare, found)
    if problem is not None:
        return None, problem
    plain, groups = _PLAIN.fullmatch(bare), _GROUPED.fullmatch(bare)
    if groups is None and plain is None:
        return None, _odd_number(bare, found)
    digits = plain[1] if plain else re.sub("[, ]", "", groups[1] if groups else "")
    points, problem = _in_limits(digits, found, max_points)
    if points is not None and (symbols or plain is None):
        problem = warning("amount_read_as", FIELD, found, f"is written {quoted(found)}; it is read as {points}.")
    return points, problem


def _without_rupees(text: str) -> tuple[str, bool]:
    match = _RUPEES.match(text)
    bare = text[match.end() :] if match else text
    for suffix in _RUPEES.finditer(bare):
        if suffix.end() == len(bare):
            bare = bare[: suffix.start()]
    return bare.strip(), bare.strip() != text


def _unreadable(text: str, found: str) -> Problem | None:
    if not text:
        return error("amount_missing", FIELD, found, "is empty. Enter the points as a whole number.")
    if has_foreign_digits(text):
        sentence = f"uses non-English digits. Type it as {quoted(english_digits(text))}."
        return error("amount_foreign_digits", FIELD, found, sentence)
    for pattern, code, sentence in _REFUSED:
        if pattern.search(text) if code == "amount_other_currency" else pattern.fullmatch(text):
            return error(code, FIELD, found, sentence.format(quoted(found)))
    return None


_REFUSED = (
    (
        _OTHER_CURRENCY,
        "amount_other_currency",
        "is in another currency ({}). Enter points as a whole number.",
    ),
    (_NEGATIVE, "amount_negative", "is negative ({}); negative amounts are not allowed. Enter 1 or more."),
    (re.compile(r"\+.*"), "amount_plus_sign", "starts with a plus sign ({}); remove the + sign."),
    (_SCIENTIFIC, "amount_scientific", "is in scientific notation ({}). Enter the number in full."),
    (_AMBIGUOUS, "amount_ambiguous", "is ambiguous ({}). Enter it without separators."),
)


def _odd_number(text: str, found: str) -> Problem:
    if _FRACTION.fullmatch(text):
        sentence = f"is {quoted(found)}; points must be a whole number. Nothing is rounded."
        return error("amount_fraction", FIELD, found, sentence)
    if _COMMAS.fullmatch(text):
        sentence = f"is grouped in an unusual way ({quoted(found)}). Enter it without separators."
        return error("amount_odd_grouping", FIELD, found, sentence)
    return error("amount_not_a_number", FIELD, found, f"is not a number ({quoted(found)}). Enter a whole number.")


def _in_limits(digits: str, found: str, max_points: int) -> tuple[int | None, Problem | None]:
    digits = digits.lstrip("0")
    if not digits:
        return None, error("amount_zero", FIELD, found, "is 0; it must be at least 1.")
    if len(digits) > len(str(max_points)) or int(digits) > max_points:
        return None, _above(found, max_points)
    return int(digits), None


def _above(found: str, max_points: int) -> Problem:
    sentence = f"is {quoted(found)}; that is above the limit of {grouped(max_points)} points per person."
    return error("amount_above_limit", FIELD, found, sentence)
