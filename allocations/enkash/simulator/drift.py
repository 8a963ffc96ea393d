"""An EnKash whose answers are no longer those of its documentation: fields renamed or added, new failure texts."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from allocations.enkash.simulator.answers import Answer, Endpoint

Rows = list[dict[str, object]]
_SUCCESSES: Final = "successBulkEnKashCardCreateDTOs"
_FAILURES: Final = "failureBulkEnKashCardCreateDTOs"
DORMANT: Final = "Wallet of {name} ({mobile}) is dormant since 90 days"


class Drift(StrEnum):
    """How the answers have changed."""

    NONE = "none"
    RENAMED = "renamed"
    """A field that clients read has another name, in the bulk answer and in the look-up."""
    EXTENDED = "extended"
    """Fields that nobody documented, and a failure text that nobody knows for the last row of each call."""


_RENAMED: Final[Mapping[Endpoint, tuple[str, str]]] = {
    Endpoint.BULK: ("enkashCardTxnId", "transactionRef"),
    Endpoint.TRANSACTIONS: ("pgReferenceNumber", "merchantReference"),
}
_ADDED: Final[Mapping[Endpoint, tuple[str, object]]] = {
    Endpoint.BULK: ("loyaltyTier", "GOLD"),
    Endpoint.TRANSACTIONS: ("settlementBatch", 7),
    Endpoint.ACCOUNT: ("accountManager", {"phone": "1800 000 000"}),
    Endpoint.SINGLE: ("loyaltyTier", "GOLD"),
}


def drifted(answer: Answer, *, endpoint: Endpoint, drift: Drift) -> Answer:
    """The answer as it would be after the change."""
    match drift:
        case Drift.RENAMED if endpoint in _RENAMED:
            old, new = _RENAMED[endpoint]
            return replace(answer, document=renamed(answer.document, old=old, new=new))
        case Drift.EXTENDED if endpoint in _ADDED:
            name, value = _ADDED[endpoint]
            return replace(answer, document=extended(answer.document, name=name, value=value))
    return answer


def renamed(document: object, *, old: str, new: str) -> object:
    """The document with one name replaced, wherever it stands."""
    if isinstance(document, dict):
        return {new if key == old else key: renamed(value, old=old, new=new) for key, value in document.items()}
    if isinstance(document, list):
        return [renamed(value, old=old, new=new) for value in document]
    return document


def extended(document: object, *, name: str, value: object) -> object:
    """The document with one more field: in each entry of its lists, in the payload where it has none."""
    if not isinstance(document, dict) or not isinstance(payload := document.get("payload"), dict):
        return document
    lists = [entries for entries in payload.values() if isinstance(entries, list)]
    entries = [entry for found in lists for entry in found] if lists else [payload]
    for entry in entries:
        entry[name] = value
    return document


def dormant(*, index: int, count: int, name: str, mobile: str, drift: Drift) -> str | None:
    """Why the last row of a call with more than one fails, in words that tell of a person."""
    is_last = drift is Drift.EXTENDED and 0 < index == count - 1
    return DORMANT.format(name=name, mobile=mobile) if is_last else None
