"""What an answer or a look-up proves about one debit. As for credits, what proves nothing leaves it unknown.

Stricter than for rows in one point: a refusal after a call that was lost proves nothing, because the lost call may
have emptied the card that EnKash now finds too empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from allocations.domain.answers import LONGEST_ID
from allocations.domain.calls import RULES, CallResult, Consequence, RowsAfter, consequence
from allocations.domain.lookups import Transaction
from allocations.domain.matching import last_ten
from allocations.domain.outcomes import Evidence
from allocations.domain.reversals import ReversalEvent

# After these nothing is left to send.
DECIDING = frozenset({ReversalEvent.REVERSE, ReversalEvent.FAIL, ReversalEvent.DISPUTE})


class Doubt(StrEnum):
    """Why a reversal failed, is unknown or disputed."""

    TOO_FEW_POINTS = "too_few_points"
    REFUSED = "refused"
    LISTED_AS_FAILED = "listed_as_failed"
    NO_ANSWER = "no_answer"
    NO_TRANSACTION_ID = "no_transaction_id"
    REFUSED_AFTER_LOSS = "refused_after_loss"
    UNCLEAR_REFUSAL = "unclear_refusal"
    UNDECIDED_AT_ENKASH = "undecided_at_enkash"
    NOT_FOUND = "not_found"
    RESTORED = "restored"
    REFERENCE_TAKEN = "reference_taken"
    PERSON_DIFFERS = "person_differs"
    AMOUNT_DIFFERS = "amount_differs"
    TRANSACTION_REUSED = "transaction_reused"
    DOUBLE_DEBIT = "double_debit"
    LISTED_AS_CREDIT = "listed_as_credit"


# A dispute of these kinds has no answer of EnKash against it, so its list can still tell that nothing was taken.
WITHOUT_CONTRADICTION = frozenset({Doubt.UNDECIDED_AT_ENKASH, Doubt.NOT_FOUND})


class Answer(Protocol):
    """What a single call's answer says; "" where a field is absent."""

    @property
    def message(self) -> str: ...
    @property
    def duplicate(self) -> bool: ...
    @property
    def definite(self) -> bool: ...
    @property
    def transaction_id(self) -> str: ...
    @property
    def card_id(self) -> str: ...
    @property
    def user_balance(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """The debit as it is sent. `sent_before`: an earlier call of ours may have reached EnKash;
    `lost`: one of them had no readable answer and may have had its effect; `calls`: how many could have arrived."""

    reference: str
    amount: int
    card_id: str
    mobile: str
    sent_before: bool = False
    lost: bool = False
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What happens to the reversal, and why."""

    event: ReversalEvent
    evidence: Evidence | None = None
    doubt: Doubt | None = None
    text: str = ""
    transaction_id: str = ""
    user_balance: Decimal | None = None


def judge_answer(sent: Sent, answer: Answer, result: CallResult, *, is_taken: bool) -> Finding:
    """`is_taken`: the transaction id of the answer is on record for something else."""
    if result is CallResult.ROWS:
        return _success(sent, answer, is_taken=is_taken)
    if result in {CallResult.REFUSED_WHOLE, CallResult.INSUFFICIENT_BALANCE}:
        return _refusal(sent, answer, result)
    if RULES[result].rows is RowsAfter.BACK and not sent.lost:
        return Finding(ReversalEvent.NOT_SENT, text=answer.message)
    return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.NO_ANSWER, text=answer.message)


def _success(sent: Sent, answer: Answer, *, is_taken: bool) -> Finding:
    has_id = 0 < len(answer.transaction_id) <= LONGEST_ID
    if answer.card_id and sent.card_id and answer.card_id != sent.card_id:
        kept = answer.transaction_id if has_id and not is_taken else ""
        return Finding(ReversalEvent.DISPUTE, doubt=Doubt.PERSON_DIFFERS, transaction_id=kept)
    if is_taken:
        return Finding(ReversalEvent.DISPUTE, doubt=Doubt.TRANSACTION_REUSED)
    if not has_id:
        return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.NO_TRANSACTION_ID)
    return Finding(
        ReversalEvent.REVERSE,
        Evidence.ANSWER,
        transaction_id=answer.transaction_id,
        user_balance=answer.user_balance,
    )


def _refusal(sent: Sent, answer: Answer, result: CallResult) -> Finding:
    if answer.duplicate and not sent.sent_before:
        return Finding(ReversalEvent.DISPUTE, doubt=Doubt.REFERENCE_TAKEN, text=answer.message)
    # A refused call may have used the reference up, so a duplicate proves no more than a refusal.
    if not (answer.duplicate or answer.definite):
        return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.UNCLEAR_REFUSAL, text=answer.message)
    if answer.duplicate or sent.lost:
        return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.REFUSED_AFTER_LOSS, text=answer.message)
    poor = result is CallResult.INSUFFICIENT_BALANCE
    doubt = Doubt.TOO_FEW_POINTS if poor else Doubt.REFUSED
    return Finding(ReversalEvent.FAIL, Evidence.ANSWER, doubt=doubt, text=answer.message)


def judge_look_up(sent: Sent, transactions: Sequence[Transaction], *, taken: frozenset[str]) -> Finding | None:
    """None when EnKash lists nothing for the reference, which proves nothing. `taken`: ids of something else."""
    mine = [t for t in transactions if t.reference.strip().upper() == sent.reference.upper()]
    if not mine:
        return None
    if any(t.kind == "CR" for t in mine):
        return Finding(ReversalEvent.DISPUTE, doubt=Doubt.LISTED_AS_CREDIT)
    done = [t for t in mine if t.settled]
    if len({t.transaction_id for t in done}) > 1:
        return Finding(ReversalEvent.DISPUTE, doubt=Doubt.DOUBLE_DEBIT)
    if done:
        return _listed(sent, done[0], taken=taken)
    # A list may lag, so with a second call on its way the failure may be the first one's only.
    if sent.calls < 2 and all(t.settled is False for t in mine):
        return Finding(ReversalEvent.FAIL, Evidence.LOOK_UP, doubt=Doubt.LISTED_AS_FAILED)
    return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.UNDECIDED_AT_ENKASH)


def _listed(sent: Sent, found: Transaction, *, taken: frozenset[str]) -> Finding:
    if found.amount is None or not found.transaction_id or len(found.transaction_id) > LONGEST_ID:
        return Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.UNDECIDED_AT_ENKASH)
    differs = _difference(sent, found, taken=taken)
    if differs:
        kept = "" if found.transaction_id in taken else found.transaction_id
        return Finding(ReversalEvent.DISPUTE, doubt=differs, transaction_id=kept)
    return Finding(ReversalEvent.REVERSE, Evidence.LOOK_UP, transaction_id=found.transaction_id)


def _difference(sent: Sent, found: Transaction, *, taken: frozenset[str]) -> Doubt | None:
    if found.amount != sent.amount:
        return Doubt.AMOUNT_DIFFERS
    person = last_ten(found.mobile)
    other_card = found.card_id and sent.card_id and found.card_id != sent.card_id
    if other_card or (person and person != sent.mobile):
        return Doubt.PERSON_DIFFERS
    return Doubt.TRANSACTION_REUSED if found.transaction_id in taken else None


def after_call(finding: Finding, result: CallResult, *, streak: int, retry_after: float | None = None) -> Consequence:
    """The breakers, per reversal. A decision about the one debit is no reason to hold it: nothing is left to send."""
    if finding.event in DECIDING or finding.doubt is Doubt.REFUSED_AFTER_LOSS:
        return Consequence(0, None, timedelta(0))
    then = consequence(result, streak=streak, retry_after=retry_after)
    # Looked up first; it is held only where it would go out again.
    return replace(then, pause=None) if finding.doubt is Doubt.UNCLEAR_REFUSAL else then
