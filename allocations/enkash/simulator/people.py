"""Users and their cards, found by mobile: a user has one card in every card account."""

import threading
from collections import Counter
from dataclasses import dataclass

from allocations.enkash.simulator.ids import Sequence

AccountKey = tuple[str, str]
"""companyId and cardAccountId."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One user with the card in one account."""

    account: AccountKey
    mobile: str
    user_id: str
    card_id: str
    name: str
    email: str
    title: str

    @property
    def masked_number(self) -> str:
        return f"XXXX XXXX XXXX {self.mobile[-4:]}"


class People:
    """Who is known, and by which ids. Safe for threads."""

    def __init__(self, *, seed: int) -> None:
        self.users = Sequence("EK", width=6, seed=seed)
        self.cards = Sequence("EKC", width=7, seed=seed)
        self._seed = seed
        self._lock = threading.Lock()
        self._user_ids: dict[str, str] = {}
        self._by_mobile: dict[tuple[AccountKey, str], Person] = {}
        self._by_card: dict[str, Person] = {}
        self._counts: Counter[AccountKey] = Counter()

    def continue_after(self, *, users: int, cards: int) -> None:
        self.users = Sequence("EK", width=6, seed=self._seed, start=users)
        self.cards = Sequence("EKC", width=7, seed=self._seed, start=cards)

    def find(self, account: AccountKey, mobile: str) -> Person | None:
        return self._by_mobile.get((account, mobile))

    def by_card(self, card_id: str) -> Person | None:
        return self._by_card.get(card_id)

    def find_or_create(self, account: AccountKey, *, mobile: str, name: str, email: str, title: str) -> Person:
        """The person with this mobile; names and e-mails of a known person are kept as first given."""
        with self._lock:
            known = self._by_mobile.get((account, mobile))
            if known is not None:
                return known
            person = Person(
                account=account,
                mobile=mobile,
                user_id=self._user_ids.get(mobile) or self.users.next(),
                card_id=self.cards.next(),
                name=name,
                email=email,
                title=title,
            )
            self._store(person)
            return person

    def restore(self, person: Person) -> None:
        with self._lock:
            self._store(person)

    def of_account(self, account: AccountKey) -> list[Person]:
        """Everybody with a card in the account, in the order of joining."""
        with self._lock:
            return [person for person in self._by_mobile.values() if person.account == account]

    def count(self, account: AccountKey) -> int:
        """Cards in the account."""
        return self._counts[account]

    def clear(self) -> None:
        with self._lock:
            self._user_ids.clear()
            self._by_mobile.clear()
            self._by_card.clear()
            self._counts.clear()

    def _store(self, person: Person) -> None:
        self._user_ids[person.mobile] = person.user_id
        self._by_mobile[person.account, person.mobile] = person
        self._by_card[person.card_id] = person
        self._counts[person.account] += 1
