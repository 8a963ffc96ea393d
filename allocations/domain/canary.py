"""The first rows of a run go alone: only when EnKash's own list shows their credits does the rest follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.states import RowState


class Canary(StrEnum):
    """NONE: the run has no such rows. ACCEPTED: a person let the rest follow although something was not as expected."""

    NONE = ""
    WAITING = "waiting"
    VERIFIED = "verified"
    ACCEPTED = "accepted"


class CanaryStep(StrEnum):
    FOLLOW = "follow"
    WAIT = "wait"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the canary: where it stands, and what EnKash's list says of it; None where it is not listed."""

    state: RowState
    transaction_id: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What follows. `why`: the facts behind a pause; `wait`: until the next look."""

    step: CanaryStep
    why: str = ""
    wait: timedelta = timedelta(0)


# A list may lag behind the credits it shows: 5, 10, 20, 40 and 80 seconds, then people look.
FIRST_WAIT = timedelta(seconds=5)
MAX_CHECKS = 6


def find(rows: Sequence[Seen] | None, *, checks: int) -> Finding:
    """`rows` None: the list could not be read. `checks`: looks without a result before this one."""
    if rows is None:
        return _again("EnKash's list could not be read", checks=checks)
    credited = [row for row in rows if row.state is RowState.CREDITED]
    if doubtful := sum(row.state not in {RowState.CREDITED, RowState.FAILED} for row in rows):
        return Finding(CanaryStep.PAUSE, f"{doubtful} of {len(rows)} rows are in doubt")
    if not credited:
        return Finding(CanaryStep.PAUSE, f"none of {len(rows)} rows was credited")
    if differing := sum(_differs(row) for row in credited):
        return Finding(CanaryStep.PAUSE, f"EnKash's list contradicts {differing} of {len(credited)} credits")
    if missing := sum(not _is_proved(row) for row in credited):
        return _again(f"EnKash's list does not show {missing} of {len(credited)} credits", checks=checks)
    return Finding(CanaryStep.FOLLOW)


def _differs(row: Seen) -> bool:
    if row.verdict is None or row.verdict.outcome is Outcome.UNKNOWN:
        return False
    listed = row.verdict.transaction_id
    return row.verdict.outcome is not Outcome.CREDITED or (row.transaction_id not in {"", listed})


def _is_proved(row: Seen) -> bool:
    return row.verdict is not None and row.verdict.outcome is Outcome.CREDITED


def _again(why: str, *, checks: int) -> Finding:
    if checks + 1 >= MAX_CHECKS:
        return Finding(CanaryStep.PAUSE, f"{why}, {checks + 1} times")
    return Finding(CanaryStep.WAIT, why, FIRST_WAIT * 2**checks)
