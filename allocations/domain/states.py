"""States and transitions, as data. `move` is the only way from one state to another."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from allocations.domain.errors import StateConflict


class BatchState(StrEnum):
    DRAFT = "draft"
    CHECKING = "checking"
    REVIEW = "review"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class BatchEvent(StrEnum):
    CHECK = "check"
    CHECKED = "checked"
    REFUSE_FILE = "refuse file"
    SUBMIT = "submit"
    SEND_BACK = "send back"
    WITHDRAW = "withdraw"
    APPROVE = "approve"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    ATTENTION = "attention"
    SETTLED = "settled"


class RunEvent(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    REQUEUE = "requeue"
    CANCEL = "cancel"
    NEED_PEOPLE = "need people"
    SETTLE = "settle"


class RowState(StrEnum):
    PENDING = "pending"
    LEFT_OUT = "left_out"
    SENDING = "sending"
    CREDITED = "credited"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    ANOMALY = "anomaly"
    CANCELLED = "cancelled"


class RowEvent(StrEnum):
    LEAVE_OUT = "leave out"
    TAKE_BACK = "take back"
    SEND = "send"
    NOT_SENT = "not sent"
    CREDIT = "credit"
    FAIL = "fail"
    LOSE_SIGHT = "lose sight"
    CONTRADICT = "contradict"
    DISTRUST = "distrust"
    CANCEL = "cancel"
    RE_RUN = "re-run"
    STAND = "stand"
    DOUBT = "doubt"


class AttemptState(StrEnum):
    INTENT = "intent"
    ANSWERED = "answered"
    APPLIED = "applied"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    RESOLVED = "resolved"


class AttemptEvent(StrEnum):
    ANSWER = "answer"
    APPLY = "apply"
    PROVE_NOT_SENT = "prove not sent"
    LOSE = "lose"
    RESOLVE = "resolve"


B, Be = BatchState, BatchEvent
BATCH: Mapping[tuple[BatchState, BatchEvent], BatchState] = {
    (B.DRAFT, Be.CHECK): B.CHECKING,
    (B.REVIEW, Be.CHECK): B.CHECKING,
    (B.CHECKING, Be.CHECKED): B.REVIEW,
    (B.CHECKING, Be.REFUSE_FILE): B.DRAFT,
    (B.REVIEW, Be.SUBMIT): B.SUBMITTED,
    (B.SUBMITTED, Be.SEND_BACK): B.REVIEW,
    (B.SUBMITTED, Be.WITHDRAW): B.REVIEW,
    (B.SUBMITTED, Be.APPROVE): B.APPROVED,
}

R, Re = RunState, RunEvent
RUN: Mapping[tuple[RunState, RunEvent], RunState] = {
    (R.QUEUED, Re.START): R.RUNNING,
    (R.RUNNING, Re.PAUSE): R.PAUSED,
    (R.QUEUED, Re.PAUSE): R.PAUSED,
    (R.PAUSED, Re.RESUME): R.RUNNING,
    # Paused before it was planned: it still has to be compared with what was approved.
    (R.PAUSED, Re.REQUEUE): R.QUEUED,
    (R.RUNNING, Re.NEED_PEOPLE): R.ATTENTION,
    (R.RUNNING, Re.SETTLE): R.SETTLED,
    (R.PAUSED, Re.SETTLE): R.SETTLED,
    (R.ATTENTION, Re.SETTLE): R.SETTLED,
    (R.ATTENTION, Re.RESUME): R.RUNNING,
    # Nothing more is sent, but what is unknown is still looked up, and only then does the run end.
    (R.QUEUED, Re.CANCEL): R.RUNNING,
    (R.RUNNING, Re.CANCEL): R.RUNNING,
    (R.PAUSED, Re.CANCEL): R.RUNNING,
    (R.ATTENTION, Re.CANCEL): R.RUNNING,
}

W, We = RowState, RowEvent
ROW: Mapping[tuple[RowState, RowEvent], RowState] = {
    (W.PENDING, We.LEAVE_OUT): W.LEFT_OUT,
    (W.LEFT_OUT, We.TAKE_BACK): W.PENDING,
    (W.PENDING, We.CANCEL): W.CANCELLED,
    (W.PENDING, We.SEND): W.SENDING,
    (W.UNKNOWN, We.SEND): W.SENDING,
    (W.FAILED, We.RE_RUN): W.PENDING,
    # A cancelled run sends no more. What was never sent is cancelled; a failure that a re-run would have tried again
    # stands; a row whose last call was refused as a whole may still have reached EnKash.
    (W.PENDING, We.STAND): W.FAILED,
    (W.PENDING, We.DOUBT): W.UNKNOWN,
    (W.SENDING, We.NOT_SENT): W.PENDING,
    # Evidence. SENDING and UNKNOWN can become anything; late proof of a credit also reaches the undecided.
    (W.SENDING, We.CREDIT): W.CREDITED,
    (W.SENDING, We.FAIL): W.FAILED,
    (W.SENDING, We.LOSE_SIGHT): W.UNKNOWN,
    (W.SENDING, We.CONTRADICT): W.CONFLICT,
    (W.SENDING, We.DISTRUST): W.ANOMALY,
    (W.UNKNOWN, We.CREDIT): W.CREDITED,
    (W.UNKNOWN, We.FAIL): W.FAILED,
    (W.UNKNOWN, We.CONTRADICT): W.CONFLICT,
    (W.UNKNOWN, We.DISTRUST): W.ANOMALY,
    (W.PENDING, We.CREDIT): W.CREDITED,
    # After a restore a row can be with EnKash that we believe was never sent.
    (W.PENDING, We.CONTRADICT): W.CONFLICT,
    (W.PENDING, We.DISTRUST): W.ANOMALY,
    (W.FAILED, We.CREDIT): W.CREDITED,
    (W.CONFLICT, We.CREDIT): W.CREDITED,
    (W.CONFLICT, We.FAIL): W.FAILED,
    (W.ANOMALY, We.CREDIT): W.CREDITED,
    (W.ANOMALY, We.FAIL): W.FAILED,
}

A, Ae = AttemptState, AttemptEvent
ATTEMPT: Mapping[tuple[AttemptState, AttemptEvent], AttemptState] = {
    (A.INTENT, Ae.ANSWER): A.ANSWERED,
    (A.INTENT, Ae.PROVE_NOT_SENT): A.NOT_SENT,
    (A.INTENT, Ae.LOSE): A.UNKNOWN,
    (A.ANSWERED, Ae.APPLY): A.APPLIED,
    (A.ANSWERED, Ae.LOSE): A.UNKNOWN,
    # A late answer of a worker that was thought dead.
    (A.UNKNOWN, Ae.ANSWER): A.ANSWERED,
    (A.UNKNOWN, Ae.RESOLVE): A.RESOLVED,
}

OPEN_ATTEMPTS = frozenset({A.INTENT, A.ANSWERED})
FROZEN_BATCHES = frozenset({B.SUBMITTED, B.APPROVED})
UNDECIDED_BY_US = frozenset({W.CONFLICT, W.ANOMALY})

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def move(table: Mapping[tuple[State, Event], State], current: State, event: Event) -> State:
    """The state after `event`. Raises StateConflict where the table has no such transition."""
    try:
        return table[current, event]
    except KeyError:
        message = (
            f"“{event}” is not possible while the state is “{current}”. Open the page again to see where it stands."
        )
        raise StateConflict(message) from None


def sources(table: Mapping[tuple[State, Event], State], event: Event) -> frozenset[State]:
    """The states in which `event` is possible, for the WHERE of a conditional UPDATE."""
    return frozenset(state for state, known in table if known == event)
