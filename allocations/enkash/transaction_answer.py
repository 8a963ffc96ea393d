"""A transaction as EnKash's look-up shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from allocations.enkash.config import EnkashConfig
from allocations.enkash.fields import REFERENCE_KEYS, TRANSACTION_KEYS, USER_KEYS, number, text
from allocations.enkash.strict_json import Json

_KINDS: Final = {"CR": "CR", "DR": "DR", "ALLOCATE_POINT": "CR", "UNALLOCATE_POINT": "DR"}


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry. `kind` is "CR", "DR" or "" if not said; `settled` is None where the status decides nothing."""

    reference: str
    transaction_id: str
    amount: Decimal | None
    card_id: str
    user_id: str
    mobile: str
    status: str
    settled: bool | None
    kind: str
    balance: Decimal | None


def read_transaction(entry: Mapping[str, Json], *, config: EnkashConfig) -> Transaction:
    """The entry in our words; `config` says which statuses prove what."""
    status = text(entry, "status").upper()
    return Transaction(
        reference=text(entry, *REFERENCE_KEYS),
        transaction_id=text(entry, *TRANSACTION_KEYS),
        amount=number(entry, "principalamount", "amount", "loadamount"),
        card_id=text(entry, "enkashcardid"),
        user_id=text(entry, *USER_KEYS),
        mobile=text(entry, "mobile"),
        status=status,
        settled=_settled(status, config=config),
        kind=_kind(entry),
        balance=number(entry, "balance", "otbbalance"),
    )


def _settled(status: str, *, config: EnkashConfig) -> bool | None:
    if status in config.settled_statuses:
        return True
    return False if status in config.failed_statuses else None


def _kind(entry: Mapping[str, Json]) -> str:
    said = (text(entry, name).upper() for name in ("cardtransactiontype", "transactiontype", "type"))
    return next((_KINDS[word] for word in said if word in _KINDS), "")
