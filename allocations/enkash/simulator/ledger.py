"""What was really credited and debited: the truth that tests compare the portal with.

The dictionaries serve every request; storage.py keeps a copy on disk when a path is given.
"""

import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from allocations.enkash.simulator.ids import Sequence
from allocations.enkash.simulator.people import AccountKey, Person

ALREADY_EXISTS = "The transaction associated with the given Unique reference Number already exists"
INSUFFICIENT = "Insufficient balance in card account"
CARD_INSUFFICIENT = "Insufficient balance in user card"
FAILED = "FAILED"

Kind = Literal["CR", "DR"]


class Refusal(Exception):
    """EnKash's text for a movement that it does not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement of points; balances are those after it. `at` is epoch seconds."""

    reference: str
    account: AccountKey
    mobile: str
    user_id: str
    card_id: str
    transaction_id: str
    kind: Kind
    amount: Decimal
    status: str
    account_balance: Decimal
    user_balance: Decimal
    at: float


@dataclass(slots=True, kw_only=True)
class Account:
    """A company's reward account; points with up to two decimals."""

    key: AccountKey
    balance: Decimal
    opening: Decimal
    allocated: Decimal = Decimal(0)
    has_primary_card: bool = True


@dataclass(slots=True)
class Ledger:
    """Accounts and their entries. Every movement is one step under one lock."""

    seed: int
    accounts: dict[AccountKey, Account] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    by_reference: dict[str, list[Entry]] = field(default_factory=dict)
    by_card: dict[str, list[Entry]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    transactions: Sequence = field(init=False)

    def __post_init__(self) -> None:
        self.transactions = Sequence("ECT", width=10, seed=self.seed)

    def open(self, key: AccountKey, *, balance: Decimal) -> Account:
        return self.accounts.setdefault(key, Account(key=key, balance=balance, opening=balance))

    def exists(self, reference: str) -> bool:
        return reference in self.by_reference

    def can_spend(self, key: AccountKey, amount: Decimal) -> bool:
        return self.accounts[key].balance >= amount

    def credit(self, person: Person, *, reference: str, amount: Decimal, status: str, at: float) -> Entry:
        """Moves points from the account to the card; the caller has checked reference
        and balance under the same hold of the lock."""
        with self.lock:
            account = self.accounts[person.account]
            account.balance -= amount
            account.allocated += amount
            user_balance = self.user_balance(person.card_id) + amount
            return self._enter(
                person, kind="CR", reference=reference, amount=amount, status=status, at=at, user_balance=user_balance
            )

    def debit(self, person: Person, *, reference: str, amount: Decimal, status: str, at: float) -> Entry:
        """Takes points back from the card to the account, or raises Refusal."""
        with self.lock:
            if reference in self.by_reference:
                raise Refusal(ALREADY_EXISTS)
            user_balance = self.user_balance(person.card_id) - amount
            if user_balance < 0:
                raise Refusal(CARD_INSUFFICIENT)
            account = self.accounts[person.account]
            account.balance += amount
            account.allocated -= amount
            return self._enter(
                person, kind="DR", reference=reference, amount=amount, status=status, at=at, user_balance=user_balance
            )

    def burn(self, person: Person, *, reference: str, amount: Decimal, at: float) -> Entry | None:
        """Uses up a reference without moving points: EnKash may do so with a failed row, nobody says."""
        with self.lock:
            if reference in self.by_reference:
                return None
            balance = self.user_balance(person.card_id)
            return self._enter(
                person, kind="CR", reference=reference, amount=amount, status=FAILED, at=at, user_balance=balance
            )

    def user_balance(self, card_id: str) -> Decimal:
        entries = self.by_card.get(card_id)
        return entries[-1].user_balance if entries else Decimal(0)

    def restore(self, entry: Entry) -> None:
        """Adds an entry read from disk and what it did to its account."""
        self._add(entry)
        if entry.status != FAILED:
            account = self.accounts[entry.account]
            moved = entry.amount if entry.kind == "CR" else -entry.amount
            account.balance -= moved
            account.allocated += moved

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.by_reference.setdefault(entry.reference, []).append(entry)
        self.by_card.setdefault(entry.card_id, []).append(entry)

    def clear(self, *, balance: Decimal) -> None:
        with self.lock:
            self.entries.clear()
            self.by_reference.clear()
            self.by_card.clear()
            for account in self.accounts.values():
                account.balance = account.opening = balance
                account.allocated = Decimal(0)

    def _enter(
        self,
        person: Person,
        *,
        kind: Kind,
        reference: str,
        amount: Decimal,
        status: str,
        at: float,
        user_balance: Decimal,
    ) -> Entry:
        entry = Entry(
            reference=reference,
            account=person.account,
            mobile=person.mobile,
            user_id=person.user_id,
            card_id=person.card_id,
            transaction_id=self.transactions.next(),
            kind=kind,
            amount=amount,
            status=status,
            account_balance=self.accounts[person.account].balance,
            user_balance=user_balance,
            at=at,
        )
        self._add(entry)
        return entry
