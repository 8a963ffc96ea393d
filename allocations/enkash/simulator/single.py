"""Create And Allocate Points: one person, credit or debit."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from allocations.enkash.simulator.answers import Answer, Declined, number, refusal, success
from allocations.enkash.simulator.fields import (
    check_person,
    check_reference,
    optional_text,
    points,
    refuse_unknown,
    text,
)
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.ledger import ALREADY_EXISTS, INSUFFICIENT, Entry, Refusal
from allocations.enkash.simulator.people import AccountKey, Person
from allocations.enkash.simulator.world import World

TYPES: Final = {"CR": "ALLOCATE_POINT", "DR": "UNALLOCATE_POINT"}
PERSON_FIELDS: Final = ("email", "mobile", "title", "firstName", "gender")
CARD_FIELDS: Final = ("enkashCardId", "enKashCardId")
REFERENCE_FIELDS: Final = ("uniqueReferenceNumber", "uniqueReferenceNum")
ALLOWED: Final = frozenset(
    (
        "companyId",
        "cardAccountId",
        "transactionCode",
        "transactionType",
        "type",
        "loadAmount",
        *PERSON_FIELDS,
        *CARD_FIELDS,
        *REFERENCE_FIELDS,
    )
)


def move_points(world: World, request: Request) -> Answer:
    """POST create-allocate-points. A short balance is refused with HTTP 200, as the guide's sample shows it."""
    fields = request.fields
    refuse_unknown(fields, allowed=ALLOWED)
    key = text(fields, "companyId"), text(fields, "cardAccountId")
    world.check_account(key)
    kind, reference = _kind(fields), _reference(fields)
    amount = points(fields, "loadAmount")
    try:
        entry, person = _move(world, fields, key=key, kind=kind, reference=reference, amount=amount)
    except Refusal as refused:
        return refusal(str(refused), status=200 if str(refused) == INSUFFICIENT else 422)
    world.keep(key, entries=[entry], people=[person])
    return success(_payload(entry, person, fields))


def _move(
    world: World, fields: Mapping[str, object], *, key: AccountKey, kind: str, reference: str, amount: Decimal
) -> tuple[Entry, Person]:
    ledger, options = world.ledger, world.options
    with ledger.lock:
        if ledger.exists(reference):
            raise Refusal(ALREADY_EXISTS)
        if kind == "DR":
            person = _known_person(world, fields, key=key)
            entry = ledger.debit(
                person, reference=reference, amount=amount, status=options.transaction_status, at=world.clock()
            )
            return entry, person
        if not ledger.can_spend(key, amount):
            raise Refusal(INSUFFICIENT)
        person = _person(world, fields, key=key)
        entry = ledger.credit(
            person, reference=reference, amount=amount, status=options.transaction_status, at=world.clock()
        )
        return entry, person


def _kind(fields: Mapping[str, object]) -> str:
    if text(fields, "transactionCode") != "ALLOCATION":
        raise Declined(400, "transactionCode must be ALLOCATION")
    kind = text(fields, "transactionType")
    if kind not in TYPES:
        raise Declined(400, "transactionType must be CR or DR")
    if text(fields, "type") != TYPES[kind]:
        raise Declined(400, f"type must be {TYPES[kind]} for transactionType {kind}")
    return kind


def _reference(fields: Mapping[str, object]) -> str:
    """The reference under either of the documented names; both together must agree."""
    given = {value for name in REFERENCE_FIELDS if (value := optional_text(fields, name)) is not None}
    if len(given) != 1:
        raise Declined(400, "uniqueReferenceNumber is required once")
    (reference,) = given
    check_reference(reference)
    return reference


def _known_person(world: World, fields: Mapping[str, object], *, key: AccountKey) -> Person:
    """The person by card, else by mobile; both together must be of one person."""
    card_id = next((value for name in CARD_FIELDS if (value := optional_text(fields, name))), None)
    mobile = optional_text(fields, "mobile")
    if card_id is None and mobile is None:
        raise Declined(400, "enkashCardId or mobile is required")
    person = world.people.by_card(card_id) if card_id else world.people.find(key, mobile or "")
    if person is None or person.account != key or mobile not in (None, person.mobile):
        raise Declined(404, "Card not found for this card account")
    return person


def _person(world: World, fields: Mapping[str, object], *, key: AccountKey) -> Person:
    if any(optional_text(fields, name) for name in CARD_FIELDS):
        return _known_person(world, fields, key=key)
    mobile, email, title, name, gender = (
        text(fields, each) for each in ("mobile", "email", "title", "firstName", "gender")
    )
    check_person(mobile=mobile, email=email, title=title)
    if gender not in ("M", "F"):
        raise Declined(422, "gender must be M or F")
    return world.people.find_or_create(key, mobile=mobile, name=name, email=email, title=title)


def _payload(entry: Entry, person: Person, fields: Mapping[str, object]) -> dict[str, object]:
    return {
        "enKashCardId": person.card_id,
        "userId": person.user_id,
        "cardAccountId": entry.account[1],
        "token": "",
        "maskedNumber": person.masked_number,
        "email": person.email,
        "mobile": person.mobile,
        "title": person.title,
        "firstName": person.name,
        "gender": fields.get("gender"),
        "loadAmount": number(entry.amount),
        "enkashCardTxnId": entry.transaction_id,
        "pgReferenceNumber": entry.reference,
        "accountBalance": number(entry.account_balance),
        "otbBalance": number(entry.user_balance),
    }
