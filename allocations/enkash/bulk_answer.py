"""The bulk call's answer, as lines. Every field is optional: the examples omit what the tables require."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from allocations.enkash.answer import AnswerKind
from allocations.enkash.fields import (
    NAME_KEYS,
    REFERENCE_KEYS,
    TRANSACTION_KEYS,
    USER_KEYS,
    count,
    message,
    number,
    text,
)
from allocations.enkash.read_answer import read_answer
from allocations.enkash.strict_json import Json
from allocations.enkash.transport import RawAnswer

_SUCCESS: Final = "successbulkenkashcardcreatedtos"
_FAILURE: Final = "failurebulkenkashcardcreatedtos"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One entry of the success list. Text absent from the answer is "", a number absent or ill-typed None."""

    reference: str
    mobile: str
    email: str
    name: str
    amount: Decimal | None
    company_id: str
    card_account_id: str
    transaction_id: str
    card_id: str
    user_id: str
    account_balance: Decimal | None
    user_balance: Decimal | None


@dataclass(frozen=True, slots=True)
class FailureLine:
    """One entry of the failure list; `reason` is EnKash's own text."""

    reference: str
    mobile: str
    email: str
    name: str
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class BulkReport:
    """Both lists and the three counters as given; whether they agree is the reader's question."""

    credits: tuple[CreditLine, ...]
    failures: tuple[FailureLine, ...]
    success_count: int | None
    failure_count: int | None
    total_count: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """A bulk call's answer. `report` is there exactly when `kind` is ROWS; `retry_after` is seconds."""

    kind: AnswerKind
    report: BulkReport | None
    message: str
    retry_after: float | None
    notes: tuple[str, ...]


def read_bulk_answer(raw: RawAnswer, *, key: str = "", now: float) -> BulkAnswer:
    """A bulk call's answer as proofs. Pure and total; `key` opens sealed bodies, `now` is epoch seconds.

    HTTP 200 with another code than 0 is REFUSED_WHOLE only for a text that EnKash documents for whole calls.
    """
    reading = read_answer(raw, key=key, now=now)
    report = _report(reading.payload) if reading.kind is AnswerKind.ROWS else None
    notes = (*reading.notes, *(report.notes if report else ()))
    return BulkAnswer(reading.kind, report, reading.message, reading.retry_after, notes)


def _report(payload: Json) -> BulkReport:
    if not isinstance(payload, dict):
        return BulkReport((), (), None, None, None, ("The payload is no object.",))
    notes: list[str] = []
    entries = _entries(payload, _SUCCESS, notes=notes)
    lines = tuple(_credit(entry) for entry in entries if not text(entry, "failurereason"))
    if len(lines) < len(entries):
        notes.append(f"{len(entries) - len(lines)} lines of the success list carry a failure reason.")
    return BulkReport(
        credits=lines,
        failures=tuple(_failure(entry) for entry in _entries(payload, _FAILURE, notes=notes)),
        success_count=count(payload, "successcount"),
        failure_count=count(payload, "failurecount"),
        total_count=count(payload, "totalcount"),
        notes=tuple(notes),
    )


def _entries(payload: Mapping[str, Json], name: str, *, notes: list[str]) -> list[dict[str, Json]]:
    found = payload.get(name)
    if not isinstance(found, list):
        notes.append(f"{name} is {'no list' if name in payload else 'missing'}.")
        return []
    entries = [entry for entry in found if isinstance(entry, dict)]
    if len(entries) < len(found):
        notes.append(f"{len(found) - len(entries)} lines of {name} are no objects.")
    return entries


def _credit(entry: Mapping[str, Json]) -> CreditLine:
    return CreditLine(
        reference=text(entry, *REFERENCE_KEYS),
        mobile=text(entry, "mobile"),
        email=text(entry, "email"),
        name=text(entry, *NAME_KEYS),
        amount=number(entry, "loadamount"),
        company_id=text(entry, "companyid"),
        card_account_id=text(entry, "cardaccountid"),
        transaction_id=text(entry, *TRANSACTION_KEYS),
        card_id=text(entry, "enkashcardid"),
        user_id=text(entry, *USER_KEYS),
        account_balance=number(entry, "accountbalance"),
        user_balance=number(entry, "otbbalance"),
    )


def _failure(entry: Mapping[str, Json]) -> FailureLine:
    return FailureLine(
        reference=text(entry, *REFERENCE_KEYS),
        mobile=text(entry, "mobile"),
        email=text(entry, "email"),
        name=text(entry, *NAME_KEYS),
        amount=number(entry, "loadamount"),
        reason=message(entry, "failurereason"),
    )
