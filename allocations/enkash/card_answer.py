"""A person's card as EnKash's search shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from allocations.enkash.fields import NAME_KEYS, USER_KEYS, text
from allocations.enkash.strict_json import Json


@dataclass(frozen=True, slots=True)
class Card:
    """One card; text that the answer omits is ""."""

    card_id: str
    user_id: str
    card_account_id: str
    mobile: str
    email: str
    name: str
    masked_number: str


def read_card(entry: Mapping[str, Json]) -> Card:
    """The entry in our words."""
    return Card(
        card_id=text(entry, "enkashcardid"),
        user_id=text(entry, *USER_KEYS),
        card_account_id=text(entry, "cardaccountid"),
        mobile=text(entry, "mobile"),
        email=text(entry, "email"),
        name=text(entry, *NAME_KEYS),
        masked_number=text(entry, "maskednumber"),
    )
