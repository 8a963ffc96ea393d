"""What a look-up at EnKash proves. Finding nothing proves nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from allocations.domain.answers import LONGEST_ID, Sent, Verdict
from allocations.domain.matching import last_ten
from allocations.domain.outcomes import Evidence, Outcome, Reason


class Transaction(Protocol):
    """One entry of EnKash's transaction list. `settled`: True proved, False proved not, None undecided."""

    @property
    def reference(self) -> str: ...
    @property
    def transaction_id(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def card_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def mobile(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def settled(self) -> bool | None: ...


def judge(row: Sent, transactions: Sequence[Transaction]) -> Verdict | None:
    """The verdict that EnKash's transactions allow for one row, or None when it lists none for its reference."""
    mine = [t for t in transactions if t.reference.strip().upper() == row.reference.upper() and t.kind != "DR"]
    if not mine:
        return None
    credits_ = [t for t in mine if t.settled]
    if len({t.transaction_id for t in credits_}) > 1:
        return Verdict(row.row_id, Outcome.ANOMALY, reason=Reason.DOUBLE_CREDIT)
    if credits_:
        return _credit(row, credits_[0])
    if all(t.settled is False for t in mine):
        return Verdict(
            row.row_id,
            Outcome.FAILED,
            Evidence.LOOK_UP,
            reason=Reason.OTHER,
            text="EnKash lists it as failed.",
        )
    return Verdict(row.row_id, Outcome.UNKNOWN, reason=Reason.UNDECIDED_AT_ENKASH)


def without_reuse(verdicts: Sequence[Verdict | None], *, taken: Mapping[str, int]) -> list[Verdict | None]:
    """The same verdicts, but one transaction never proves two rows. `taken`: transaction id -> row id on record."""
    uses = Counter(verdict.transaction_id for verdict in verdicts if verdict and verdict.transaction_id)
    return [verdict and _doubted(verdict, uses, taken) for verdict in verdicts]


def _doubted(verdict: Verdict, uses: Mapping[str, int], taken: Mapping[str, int]) -> Verdict:
    holder = taken.get(verdict.transaction_id, verdict.row_id)
    unshared = uses[verdict.transaction_id] < 2 and holder == verdict.row_id
    if unshared or verdict.outcome is not Outcome.CREDITED:
        return verdict
    return replace(verdict, outcome=Outcome.ANOMALY, evidence=None, reason=Reason.TRANSACTION_REUSED)


def _credit(row: Sent, found: Transaction) -> Verdict:
    differs = _difference(row, found)
    if differs is Reason.AMOUNT_MISSING:
        return Verdict(row.row_id, Outcome.UNKNOWN, reason=Reason.UNDECIDED_AT_ENKASH)
    return Verdict(
        row.row_id,
        outcome=Outcome.ANOMALY if differs else Outcome.CREDITED,
        evidence=None if differs else Evidence.LOOK_UP,
        reason=differs,
        transaction_id=found.transaction_id if len(found.transaction_id) <= LONGEST_ID else "",
        card_id=found.card_id[:LONGEST_ID],
        user_id=found.user_id[:LONGEST_ID],
        amount=found.amount,
    )


def _difference(row: Sent, found: Transaction) -> Reason | None:
    if found.amount is None:
        return Reason.AMOUNT_MISSING
    if found.amount != row.amount:
        return Reason.AMOUNT_DIFFERS
    person = last_ten(found.mobile)
    return Reason.PERSON_DIFFERS if person and person != row.mobile else None
