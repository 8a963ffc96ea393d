"""What an answer offers and what we make of it: shapes shared by matching and look-ups.

The protocols let the EnKash library's lines be read without the core knowing that library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from allocations.domain.outcomes import Evidence, Outcome, Reason
from allocations.domain.pauses import Pause

# EnKash's ids have 10 to 13 characters; a longer text is none, and the tables hold no more.
LONGEST_ID = 64


class Line(Protocol):
    """What success and failure lines have in common; "" where a field is absent."""

    @property
    def reference(self) -> str: ...
    @property
    def mobile(self) -> str: ...
    @property
    def email(self) -> str: ...


class CreditLine(Line, Protocol):
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def company_id(self) -> str: ...
    @property
    def card_account_id(self) -> str: ...
    @property
    def transaction_id(self) -> str: ...
    @property
    def card_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def account_balance(self) -> Decimal | None: ...
    @property
    def user_balance(self) -> Decimal | None: ...


class FailureLine(Line, Protocol):
    @property
    def reason(self) -> str: ...


class Report(Protocol):
    @property
    def credits(self) -> Sequence[CreditLine]: ...
    @property
    def failures(self) -> Sequence[FailureLine]: ...
    @property
    def success_count(self) -> int | None: ...
    @property
    def failure_count(self) -> int | None: ...
    @property
    def total_count(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A row as it was sent. `sent_before`: an earlier call of ours may have reached EnKash with its reference."""

    row_id: int
    reference: str
    mobile: str
    email: str
    amount: int
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is believed of one row, and why. Balances and amounts in points."""

    row_id: int
    outcome: Outcome
    evidence: Evidence | None = None
    reason: Reason | None = None
    text: str = ""
    transaction_id: str = ""
    card_id: str = ""
    user_id: str = ""
    amount: Decimal | None = None
    account_balance: Decimal | None = None
    user_balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Classified:
    """One verdict per sent row, in the order sent; why the run must pause, if it must; notes for the attempt."""

    verdicts: tuple[Verdict, ...]
    pause: Pause | None = None
    detail: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountIds:
    company_id: str
    card_account_id: str
