"""The single call: one credit or debit for one person. Points can be taken back only here."""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from allocations.enkash.answer import AnswerKind, Reading
from allocations.enkash.config import ReferenceKey
from allocations.enkash.fields import REFERENCE_KEYS, TRANSACTION_KEYS, USER_KEYS, number, text
from allocations.enkash.read_answer import is_documented, read_answer
from allocations.enkash.transport import RawAnswer

_DUPLICATE: Final = ("unique reference number", "already exists")


class Direction(StrEnum):
    """Which way the points go."""

    CREDIT = "CR"
    DEBIT = "DR"


_TYPES: Final = {Direction.CREDIT: "ALLOCATE_POINT", Direction.DEBIT: "UNALLOCATE_POINT"}


@dataclass(frozen=True, slots=True)
class SingleOrder:
    """One single call. `amount` is whole points; empty texts are left out of the request."""

    direction: Direction
    company_id: str
    card_account_id: str
    amount: int
    reference: str
    card_id: str = ""
    mobile: str = ""
    email: str = ""
    title: str = ""
    first_name: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class SingleAnswer:
    """A single call's answer. Only ROWS proves the effect; INSUFFICIENT_BALANCE is a definite no here, as there
    are no rows before the wall.

    `duplicate` says that EnKash knows the reference already: look it up, it is no failure. `definite` says that a
    refusal is in documented words; in others ("in process, check later") it proves nothing. `reference` is EnKash's
    echo of ours, "" if it gave none; one that differs makes the answer UNREADABLE.
    """

    kind: AnswerKind
    message: str
    duplicate: bool
    definite: bool
    reference: str
    transaction_id: str
    card_id: str
    user_id: str
    user_balance: Decimal | None
    retry_after: float | None
    notes: tuple[str, ...]


def single_body(order: SingleOrder, *, reference_key: ReferenceKey) -> bytes:
    """The exact JSON of an order; equal orders give equal bytes."""
    fields = {
        "companyId": order.company_id,
        "cardAccountId": order.card_account_id,
        "enkashCardId": order.card_id,
        "transactionCode": "ALLOCATION",
        "transactionType": order.direction.value,
        "type": _TYPES[order.direction],
        "email": order.email,
        "mobile": order.mobile,
        "title": order.title,
        "firstName": order.first_name,
        "gender": order.gender,
        "loadAmount": order.amount,
    }
    both = (ReferenceKey.NUMBER, ReferenceKey.NUM)
    names = both if reference_key is ReferenceKey.BOTH else (reference_key,)
    given = {name: value for name, value in fields.items() if value != ""}
    return json.dumps(given | {name.value: order.reference for name in names}, ensure_ascii=False).encode()


def read_single_answer(raw: RawAnswer, *, reference: str, key: str = "", now: float) -> SingleAnswer:
    """A single call's answer. Pure and total; `reference` is ours, `now` epoch seconds.

    One call is one person, so a failure envelope with HTTP 200 refuses it whole. Only `definite` tells whether that
    proves that nothing was done.
    """
    reading = read_answer(raw, key=key, now=now)
    payload = reading.payload if isinstance(reading.payload, dict) else {}
    echo = text(payload, *REFERENCE_KEYS)
    kind = _kind(reading, status=raw.status, differs=echo not in {"", reference})
    return SingleAnswer(
        kind=kind,
        message=reading.message,
        duplicate=all(part in reading.message.lower() for part in _DUPLICATE),
        definite=kind is AnswerKind.INSUFFICIENT_BALANCE
        or (kind is AnswerKind.REFUSED_WHOLE and is_documented(reading.message)),
        reference=echo,
        transaction_id=text(payload, *TRANSACTION_KEYS),
        card_id=text(payload, "enkashcardid"),
        user_id=text(payload, *USER_KEYS),
        user_balance=number(payload, "otbbalance", "balance"),
        retry_after=reading.retry_after,
        notes=(*reading.notes, *_echo_notes(reading, echo=echo, reference=reference)),
    )


def _kind(reading: Reading, *, status: int, differs: bool) -> AnswerKind:
    if reading.kind is AnswerKind.ROWS and (differs or not isinstance(reading.payload, dict)):
        return AnswerKind.UNREADABLE
    refused = status == 200 and reading.code not in {None, 0} and not isinstance(reading.payload, dict)
    return AnswerKind.REFUSED_WHOLE if refused and reading.kind is AnswerKind.UNREADABLE else reading.kind


def _echo_notes(reading: Reading, *, echo: str, reference: str) -> tuple[str, ...]:
    if reading.kind is not AnswerKind.ROWS or echo == reference:
        return ()
    return (f"EnKash echoed the reference {echo}, not {reference}." if echo else "The reference is not echoed.",)
