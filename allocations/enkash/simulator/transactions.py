"""Get Reward Transaction Details: the filters of the documented example body, all optional but the account."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.answers import Answer, Declined, number, success
from allocations.enkash.simulator.fields import optional_text, points, refuse_unknown, text
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.ledger import Entry
from allocations.enkash.simulator.reads import instant, iso, page_of
from allocations.enkash.simulator.world import World

Test = Callable[[Entry], bool]

NAMES: Final = ("companyName", "cardHolderName")
FILTERS: Final[Mapping[str, Callable[[str], Test]]] = {
    "userId": lambda value: lambda entry: entry.user_id == value,
    "enKashCardId": lambda value: lambda entry: entry.card_id == value,
    "status": lambda value: lambda entry: entry.status == value,
    "enKashTransactionId": lambda value: lambda entry: entry.transaction_id == value,
    "cardTransactionType": lambda value: lambda entry: entry.kind == value,
    "pgReferenceNumber": lambda value: lambda entry: entry.reference == value,
    "txnDateFrom": lambda value: _not_before(instant(value)),
    "txnDateTo": lambda value: _not_after(instant(value)),
}
AMOUNTS: Final[Mapping[str, Callable[[Decimal], Test]]] = {
    "amountFrom": lambda value: lambda entry: entry.amount >= value,
    "amountTo": lambda value: lambda entry: entry.amount <= value,
}
LISTS: Final[Mapping[str, Callable[[frozenset[str]], Test]]] = {
    "enKashTransactionIds": lambda values: lambda entry: entry.transaction_id in values,
    "pgReferenceNumbers": lambda values: lambda entry: entry.reference in values,
}
ALLOWED: Final = frozenset(("companyId", "cardAccountId", *NAMES, *FILTERS, *AMOUNTS, *LISTS))


def transactions(world: World, request: Request) -> Answer:
    """POST transaction/all; entries younger than the visibility lag are not shown yet."""
    fields = request.fields
    refuse_unknown(fields, allowed=ALLOWED)
    key = text(fields, "companyId"), text(fields, "cardAccountId")
    world.check_account(key)
    if world.options.card_required and not optional_text(fields, "enKashCardId"):
        raise Declined(400, "enKashCardId is required")
    tests = [*_tests(fields), _not_after(world.clock() - world.options.visibility_lag)]
    world.watch.looked_up(_references(fields))
    found = [
        entry for entry in _candidates(world, fields) if entry.account == key and all(test(entry) for test in tests)
    ]
    page = found[page_of(world, request)]
    return success({"recordsCount": len(found), "data": [_row(world, entry) for entry in page]})


def _tests(fields: Mapping[str, object]) -> Iterable[Test]:
    for name, make in FILTERS.items():
        value = optional_text(fields, name)
        if value is not None:
            yield make(value)
    for name, make_amount in AMOUNTS.items():
        if name in fields:
            yield make_amount(points(fields, name))
    for name, make_list in LISTS.items():
        if name in fields:
            yield make_list(frozenset(_texts(fields, name)))


def _candidates(world: World, fields: Mapping[str, object]) -> Iterable[Entry]:
    """Entries by the best index there is; the rest of the filters runs over them."""
    ledger = world.ledger
    card_id = optional_text(fields, "enKashCardId")
    with ledger.lock:
        if references := _references(fields):
            return [entry for each in dict.fromkeys(references) for entry in ledger.by_reference.get(each, ())]
        return list(ledger.entries if card_id is None else ledger.by_card.get(card_id, ()))


def _references(fields: Mapping[str, object]) -> list[str]:
    one = optional_text(fields, "pgReferenceNumber")
    return [*_texts(fields, "pgReferenceNumbers"), *([one] if one is not None else [])]


def _texts(fields: Mapping[str, object], name: str) -> list[str]:
    values = fields.get(name, [])
    if not isinstance(values, list):
        raise Declined(400, f"{name} is not an array")
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values):
        raise Declined(400, f"{name} is not an array of strings")
    return texts


def _not_before(at: float) -> Test:
    return lambda entry: entry.at >= at


def _not_after(at: float) -> Test:
    return lambda entry: entry.at <= at


def _row(world: World, entry: Entry) -> dict[str, object]:
    person = world.people.by_card(entry.card_id)
    company_id, card_account_id = entry.account
    row: dict[str, object] = {
        "enKashCardTransactionId": entry.transaction_id,
        "maskedCard": person.masked_number if person else "",
        "enkashCardId": entry.card_id,
        "userId": entry.user_id,
        "cardHolderName": person.name if person else "",
        "companyName": demo.COMPANY_NAME,
        "companyId": company_id,
        "cardAccountId": card_account_id,
        "principalAmount": number(entry.amount),
        "balance": number(entry.user_balance),
        "pgReferenceNumber": entry.reference,
        "currency": "INR",
        "cardTransactionType": entry.kind,
        "status": entry.status,
        "type": "ALLOCATE_POINT" if entry.kind == "CR" else "UNALLOCATE_POINT",
        "createdOn": iso(entry.at),
        "txnDate": iso(entry.at),
    }
    return row | ({"mobile": entry.mobile} if world.options.lookup_mobile else {})
