"""The bulk call's answer, as lines. Every field is optional: the examples omit what the tables require."""

from dataclasses import dataclass
from decimal import Decimal

from allocations.enkash.answer import AnswerKind


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One entry of the success list. Text absent from the answer is "", a number absent or ill-typed None."""

    reference: str
    mobile: str
    email: str
    name: str
    amount: Decimal | None
    company_id: str
    card_account_id: str
    transaction_id: str
    card_id: str
    user_id: str
    account_balance: Decimal | None
    user_balance: Decimal | None


@dataclass(frozen=True, slots=True)
class FailureLine:
    """One entry of the failure list; `reason` is EnKash's own text."""

    reference: str
    mobile: str
    email: str
    name: str
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class BulkReport:
    """Both lists and the three counters as given; whether they agree is the reader's question."""

    credits: tuple[CreditLine, ...]
    failures: tuple[FailureLine, ...]
    success_count: int | None
    failure_count: int | None
    total_count: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """A bulk call's answer. `report` is there exactly when `kind` is ROWS; `retry_after` is seconds."""

    kind: AnswerKind
    report: BulkReport | None
    message: str
    retry_after: float | None
    notes: tuple[str, ...]
