"""Reading values out of EnKash's objects: several spellings of a key, several types for one thing."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from allocations.enkash.strict_json import Json

_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?")
LONGEST_MESSAGE: Final = 2000

# One thing, as its pages spell it; keys arrive in lower case.
REFERENCE_KEYS: Final = ("pgreferencenumber", "uniquereferencenumber", "uniquereferencenum")
TRANSACTION_KEYS: Final = ("enkashcardtxnid", "enkashcardtransactionid", "enkashtransactionid")
USER_KEYS: Final = ("userid", "ekuserid")
NAME_KEYS: Final = ("name", "firstname", "cardholdername")


def text(source: Mapping[str, Json], *names: str) -> str:
    """The first of `names` (lower case) that is a text or whole number, trimmed; else ""."""
    for name in names:
        value = source.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip().replace("\x00", "\ufffd")
    return ""


def message(source: Mapping[str, Json], *names: str) -> str:
    """As `text`, for sentences: cut to 2,000 characters."""
    return text(source, *names)[:LONGEST_MESSAGE]


def number(source: Mapping[str, Json], *names: str) -> Decimal | None:
    """The first of `names` that is a number, or a text that is nothing but one; else None."""
    for name in names:
        value = source.get(name)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            return Decimal(value.strip())
    return None


def count(source: Mapping[str, Json], *names: str) -> int | None:
    """As `number`, if it is whole and not negative."""
    value = number(source, *names)
    return int(value) if value is not None and value >= 0 and value == value.to_integral_value() else None
