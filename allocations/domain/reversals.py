"""Points taken back from a credited row: the states of a reversal, and what its approver signs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.numerals import grouped

CONTENT_VERSION = "1"


class ReversalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SENDING = "sending"
    UNKNOWN = "unknown"
    REVERSED = "reversed"
    FAILED = "failed"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReversalEvent(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SEND = "send"
    NOT_SENT = "not sent"
    REVERSE = "reverse"
    FAIL = "fail"
    LOSE_SIGHT = "lose sight"
    DISPUTE = "dispute"
    DOUBT = "doubt"


S, E = ReversalState, ReversalEvent
REVERSAL: Mapping[tuple[ReversalState, ReversalEvent], ReversalState] = {
    (S.PROPOSED, E.APPROVE): S.APPROVED,
    (S.PROPOSED, E.REJECT): S.REJECTED,
    (S.PROPOSED, E.WITHDRAW): S.WITHDRAWN,
    # Only while no call has left this machine.
    (S.APPROVED, E.WITHDRAW): S.WITHDRAWN,
    # A restored database cannot know whether it was sent.
    (S.APPROVED, E.DOUBT): S.UNKNOWN,
    (S.APPROVED, E.SEND): S.SENDING,
    (S.UNKNOWN, E.SEND): S.SENDING,
    (S.SENDING, E.NOT_SENT): S.APPROVED,
    (S.SENDING, E.REVERSE): S.REVERSED,
    (S.SENDING, E.FAIL): S.FAILED,
    (S.SENDING, E.LOSE_SIGHT): S.UNKNOWN,
    (S.SENDING, E.DISPUTE): S.DISPUTED,
    (S.UNKNOWN, E.REVERSE): S.REVERSED,
    (S.UNKNOWN, E.FAIL): S.FAILED,
    (S.UNKNOWN, E.DISPUTE): S.DISPUTED,
    # Late proof, which has to be held for people: the points may have been asked for again meanwhile.
    (S.FAILED, E.REVERSE): S.REVERSED,
    # Late proof, or EnKash's list when people have it asked once more. It is never sent again.
    (S.DISPUTED, E.REVERSE): S.REVERSED,
    (S.DISPUTED, E.FAIL): S.FAILED,
}

ENDED = frozenset({S.REVERSED, S.FAILED, S.REJECTED, S.WITHDRAWN})
# What took nothing back, as far as is known: its points can be asked for again. The rest counts against the credit.
WITHOUT_EFFECT = frozenset({S.FAILED, S.REJECTED, S.WITHDRAWN})
OPEN = frozenset(S) - ENDED
# What a worker goes on with.
WORKED_ON = frozenset({S.APPROVED, S.SENDING, S.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Content:
    """What an approver signs. The row's own reference stands for the person: its payload is frozen under it."""

    batch: int
    row: int
    row_reference: str
    company_id: str
    card_account_id: str
    card_id: str
    amount: int
    reference: str
    reason: str
    requested_by: int
    content_version: str = CONTENT_VERSION

    def canonical(self) -> str:
        """Sorted keys, no spaces, no floats: the text whose SHA-256 is the digest."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def check_amount(amount: int, *, credited: int, taken: int) -> None:
    """`taken`: points of the row's other reversals that took effect or still may. Raises InvalidInput."""
    if amount < 1:
        raise InvalidInput("The amount is not a whole number of points above 0. Enter how many points to take back.")
    if amount > credited - taken:
        others = f"; {grouped(taken)} of them are taken back or on the way" if taken else ""
        raise InvalidInput(
            f"{grouped(amount)} points are more than can be taken back: the row was credited {grouped(credited)}"
            f"{others}. Enter at most {grouped(max(credited - taken, 0))}."
        )


def check_within(*, credited: int, taken: int) -> None:
    """`taken`: points of the approved reversals that took effect or still may, with this one. Raises StateConflict."""
    if taken > credited:
        raise StateConflict(
            f"With this reversal {grouped(taken)} points would be taken back of {grouped(credited)} that the row was "
            "credited: an earlier one took its points after it had been called failed. Reject this one."
        )


def check_unsent(tries: int) -> None:
    """`tries`: calls that may have reached EnKash. Raises StateConflict from the first one on."""
    if tries:
        raise StateConflict("A call for this reversal was made already: it can no longer be withdrawn.")
