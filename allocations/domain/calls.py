"""What the end of one bulk call means for its rows and for the run: one table, and the breakers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from allocations.domain.pauses import Pause


class CallResult(StrEnum):
    """How one bulk call ended. The first eight are answers, the rest never became one."""

    ROWS = "rows"
    REFUSED_WHOLE = "refused_whole"
    UNAUTHORIZED = "unauthorized"
    THROTTLED = "throttled"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    REDIRECTED = "redirected"
    SERVER_ERROR = "server_error"
    UNREADABLE = "unreadable"
    NOT_SENT = "not_sent"
    BAD_CERTIFICATE = "bad_certificate"
    NO_ANSWER = "no_answer"


class RowsAfter(StrEnum):
    """PER_ROW: as the answer says. BACK: presumed without effect, they may go again with the same reference."""

    PER_ROW = "per_row"
    BACK = "back"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """`breaker`: so many results of this kind in a row pause the run; 0 never. `backs_off`: wait before the next."""

    rows: RowsAfter
    breaker: int
    pause: Pause | None
    backs_off: bool


RULES: Mapping[CallResult, Rule] = {
    CallResult.ROWS: Rule(RowsAfter.PER_ROW, 0, None, backs_off=False),
    CallResult.REFUSED_WHOLE: Rule(RowsAfter.BACK, 1, Pause.REFUSED, backs_off=False),
    CallResult.UNAUTHORIZED: Rule(RowsAfter.BACK, 2, Pause.LOGIN, backs_off=False),
    CallResult.THROTTLED: Rule(RowsAfter.BACK, 0, None, backs_off=True),
    CallResult.INSUFFICIENT_BALANCE: Rule(RowsAfter.UNKNOWN, 1, Pause.BALANCE, backs_off=False),
    CallResult.REDIRECTED: Rule(RowsAfter.UNKNOWN, 1, Pause.REDIRECTED, backs_off=False),
    CallResult.SERVER_ERROR: Rule(RowsAfter.UNKNOWN, 3, Pause.SERVER_ERRORS, backs_off=True),
    CallResult.UNREADABLE: Rule(RowsAfter.UNKNOWN, 2, Pause.UNREADABLE, backs_off=True),
    CallResult.NOT_SENT: Rule(RowsAfter.BACK, 5, Pause.UNREACHABLE, backs_off=True),
    CallResult.BAD_CERTIFICATE: Rule(RowsAfter.BACK, 1, Pause.CERTIFICATE, backs_off=False),
    CallResult.NO_ANSWER: Rule(RowsAfter.UNKNOWN, 3, Pause.NO_ANSWER, backs_off=True),
}

LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows for the run: how many results alike in a row, a pause, or a wait before the next call."""

    streak: int
    pause: Pause | None
    wait: timedelta


def consequence(result: CallResult, *, streak: int, retry_after: float | None = None) -> Consequence:
    """`streak`: results of this kind in a row before this one. `retry_after`: seconds EnKash asked for, if it did."""
    rule = RULES[result]
    count = 0 if result is CallResult.ROWS else streak + 1
    if rule.breaker and count >= rule.breaker:
        return Consequence(count, rule.pause, timedelta(0))
    return Consequence(count, None, _wait(count, retry_after) if rule.backs_off else timedelta(0))


def _wait(count: int, retry_after: float | None) -> timedelta:
    doubling = timedelta(seconds=2 ** min(count - 1, 10))
    asked = timedelta(seconds=min(max(retry_after or 0.0, 0.0), LONGEST_WAIT.total_seconds()))
    return min(max(doubling, asked), LONGEST_WAIT)
