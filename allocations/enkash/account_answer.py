"""The reward account's details: the company's balance, and whether EnKash can allocate from it at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from allocations.enkash.fields import count, number, text
from allocations.enkash.strict_json import Json


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """A reward account. `available_balance` is points free to allocate, to two decimals.

    `has_primary_card` is None if the answer does not say; without that card every bulk call is refused.
    """

    available_balance: Decimal
    company_name: str
    has_primary_card: bool | None
    company_id: str
    card_account_id: str
    total_cards: int | None
    active_cards: int | None


def read_account(payload: Json) -> AccountDetails | None:
    """The details in a payload; None if it has no balance."""
    if not isinstance(payload, dict):
        return None
    balance = number(payload, "availablebalance")
    if balance is None:
        return None
    return AccountDetails(
        available_balance=balance,
        company_name=text(payload, "companyname"),
        has_primary_card=_has_primary_card(payload),
        company_id=text(payload, "companyid"),
        card_account_id=text(payload, "cardaccountid"),
        total_cards=count(payload, "totalcards"),
        active_cards=count(payload, "activecards"),
    )


def _has_primary_card(payload: Mapping[str, Json]) -> bool | None:
    return bool(payload["primaryenkashcard"]) if "primaryenkashcard" in payload else None
