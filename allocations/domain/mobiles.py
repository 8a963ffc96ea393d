"""Indian mobile numbers: ten digits, the first one 6 to 9 (the numbering plan; EnKash says only ten)."""

import re

from allocations.domain.numerals import english_digits, has_foreign_digits
from allocations.domain.problems import Problem, error, quoted, warning

FIELD = "mobile"
PATTERN = "[6-9][0-9]{9}"
DUMMIES = frozenset({*(digit * 10 for digit in "6789"), "9876543210", "9123456789", "9876512345"})

_VALID = re.compile(PATTERN)
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
_NUMERIC_TEXT = re.compile(r"[0-9]{10,13}\.0+")
_SEVERAL = re.compile(r"[0-9][\s)]*[/,;&|\\][\s(]*\+?[0-9]")
_DATE = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([/.-])[0-9]{1,2}\2[0-9]{1,2}")
_PUNCTUATION = re.compile("[ .()\u2010-\u2015\u2212-]")
_DIGITS = re.compile(r"\+?[0-9]+")
_INDIAN = re.compile(rf"(?:\+91|0091|091|91)?0?({PATTERN})")
_TWO = re.compile(rf"(?:(?:\+?91|0)?{PATTERN}){{2,}}")


def clean_mobile(text: str) -> tuple[str, Problem | None]:
    """Return the ten digits, or "" and the error. `text` is tidied (texts.tidy_code)."""
    if _VALID.fullmatch(text):
        return text, _dummy(text)
    problem = _unreadable(text)
    if problem is not None:
        return "", problem
    if _NUMERIC_TEXT.fullmatch(text):
        text = text.partition(".")[0]
    digits = _PUNCTUATION.sub("", text.lstrip("'’`"))
    found = _INDIAN.fullmatch(digits)
    if found is None:
        return "", _wrong_digits(text, digits)
    return found[1], _dummy(found[1])


def _dummy(mobile: str) -> Problem | None:
    if mobile not in DUMMIES:
        return None
    return warning("mobile_made_up", FIELD, mobile, f"looks made up ({mobile}). Check it with the person.")


def _unreadable(text: str) -> Problem | None:
    """What cannot be a number at all, the most telling cause first."""
    if not text:
        return error("mobile_missing", FIELD, text, "is empty. Enter the 10-digit mobile number.")
    if _SCIENTIFIC.fullmatch(text):
        sentence = f"was shortened by Excel ({quoted(text)}). Format the column as text and enter the full number."
        return error("mobile_damaged_by_excel", FIELD, text, sentence)
    if has_foreign_digits(text):
        sentence = f"uses non-English digits. Type it as {quoted(english_digits(text))}."
        return error("mobile_foreign_digits", FIELD, text, sentence)
    if _LETTER.search(text):
        return error("mobile_letters", FIELD, text, f"contains letters ({quoted(text)}). Use the digits 0-9 only.")
    if _DATE.fullmatch(text):
        return error("cell_date", FIELD, text, f"is a date ({text}); expected a number.")
    return _several(text) if _SEVERAL.search(text) else None


def _wrong_digits(text: str, digits: str) -> Problem:
    if not _DIGITS.fullmatch(digits):
        sentence = f"is not a 10-digit Indian mobile number ({quoted(text)}). Use the digits 0-9 only."
        return error("mobile_invalid", FIELD, text, sentence)
    if _TWO.fullmatch(digits):
        return _several(text)
    if digits.startswith(("+", "00")) and not digits.startswith(("+91", "0091")):
        sentence = f"is not an Indian number ({quoted(text)}); only Indian mobile numbers are accepted."
        return error("mobile_foreign_country", FIELD, text, sentence)
    return _wrong_length(text, digits.removeprefix("+91").removeprefix("0091"))


def _wrong_length(text: str, digits: str) -> Problem:
    if len(digits) == 10:
        sentence = f"starts with {digits[0]} ({digits}); an Indian mobile number starts with 6, 7, 8 or 9."
        return error("mobile_wrong_start", FIELD, text, sentence)
    sentence = f"has {len(digits)} digits ({quoted(digits)}); an Indian mobile number has 10."
    return error("mobile_wrong_length", FIELD, text, sentence)


def _several(text: str) -> Problem:
    return error("mobile_several", FIELD, text, f"contains two numbers ({quoted(text)}). Keep one.")
