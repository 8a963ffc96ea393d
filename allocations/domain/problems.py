"""What is wrong (error) or odd (warning) in one cell, row or list."""

from dataclasses import dataclass
from enum import StrEnum

FOUND_LENGTH = 80


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `message` is a sentence that follows 'Row N, column "X":'; `field` is "" for a row."""

    code: str
    field: str
    severity: Severity
    found: str
    message: str


def error(code: str, field: str, found: str, message: str) -> Problem:
    return Problem(code, field, Severity.ERROR, found[:FOUND_LENGTH], message)


def warning(code: str, field: str, found: str, message: str) -> Problem:
    return Problem(code, field, Severity.WARNING, found[:FOUND_LENGTH], message)


def quoted(text: str, length: int = 30) -> str:
    """The value inside a sentence: shortened, so that a long cell does not drown the rule."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
