"""Checks of body fields: their presence, their JSON type and their form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from allocations.enkash.simulator.answers import Declined

# The patterns of EnKash's card pages on the same backend.
MOBILE: Final = re.compile(r"[0-9]{10}")
EMAIL: Final = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
REFERENCE: Final = re.compile(r"[!-~]{1,64}")
MOST_POINTS: Final = 10**12
TITLES: Final = ("Mr", "Mrs", "Ms")

BULK_REQUIRED: Final = ("name", "mobile", "uniqueReferenceNumber")
BULK_OPTIONAL: Final = ("title", "email", "remarks")
BULK_FIELDS: Final = frozenset((*BULK_REQUIRED, *BULK_OPTIONAL, "loadAmount"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a bulk call; email and title are None where they were not sent."""

    name: str
    mobile: str
    amount: int
    reference: str
    email: str | None
    title: str | None


def read_row(fields: Mapping[str, object]) -> Row:
    """A bulk row, or Declined for the whole call."""
    if not fields.keys() <= BULK_FIELDS:
        refuse_unknown(fields, allowed=BULK_FIELDS)
    amount = fields.get("loadAmount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Declined(400, "loadAmount is missing or not an integer")
    row = Row(
        name=text(fields, "name"),
        mobile=text(fields, "mobile"),
        amount=amount,
        reference=text(fields, "uniqueReferenceNumber"),
        email=optional_text(fields, "email"),
        title=optional_text(fields, "title"),
    )
    optional_text(fields, "remarks")
    check_forms(row)
    return row


def check_forms(row: Row) -> None:
    """Values that have the right type and the wrong form, as 422."""
    if row.amount <= 0:
        raise Declined(422, "loadAmount must be greater than 0")
    check_person(mobile=row.mobile, email=row.email, title=row.title)
    check_reference(row.reference)


def check_person(*, mobile: str, email: str | None, title: str | None) -> None:
    if not MOBILE.fullmatch(mobile):
        raise Declined(422, "mobile must have exactly 10 digits")
    if email is not None and not EMAIL.fullmatch(email):
        raise Declined(422, "email is not a valid e-mail address")
    if title is not None and title not in TITLES:
        raise Declined(422, "title must be Mr, Mrs or Ms")


def check_reference(reference: str) -> None:
    if not REFERENCE.fullmatch(reference):
        raise Declined(422, "uniqueReferenceNumber must have 1 to 64 printable characters without spaces")


def refuse_unknown(fields: Mapping[str, object], *, allowed: frozenset[str]) -> None:
    unknown = sorted(fields.keys() - allowed)
    if unknown:
        raise Declined(400, f"Unrecognized field {unknown[0]}")


def text(fields: Mapping[str, object], name: str) -> str:
    """A required string with something in it, else Declined."""
    value = optional_text(fields, name)
    if value is None or not value.strip():
        raise Declined(400, f"{name} is required")
    return value


def optional_text(fields: Mapping[str, object], name: str) -> str | None:
    """A string, or None where the field is left out, else Declined."""
    value = fields.get(name)
    if value is None and name not in fields:
        return None
    if not isinstance(value, str):
        raise Declined(400, f"{name} is not a string")
    return value


def points(fields: Mapping[str, object], name: str) -> Decimal:
    """A positive JSON number with at most two decimals and below MOST_POINTS, else Declined."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Declined(400, f"{name} is missing or not a number")
    amount = Decimal(value)
    if not 0 < amount < MOST_POINTS or amount * 100 % 1:
        raise Declined(422, f"{name} must be greater than 0 and have at most 2 decimals")
    return amount
