"""What to do next with rows whose outcome is unknown. Never failed by the passage of time, never a new reference."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.states import RowState


class Step(StrEnum):
    WAIT = "wait"
    LOOK_UP = "look_up"
    RESEND = "resend"
    ASK_PEOPLE = "ask_people"


@dataclass(frozen=True, slots=True)
class RecoveryRules:
    """`quiet`: how long EnKash may still be working on a request after our side of it ended (Q)."""

    quiet: timedelta
    max_resends: int
    horizon: timedelta
    max_lookup_failures: int = 3


@dataclass(frozen=True, slots=True)
class Undecided:
    """The unknown rows of one chunk. `tries`: requests with them that may have arrived."""

    quiet_since: datetime
    first_sent_at: datetime
    tries: int
    gives_to_existing: bool
    cancelled: bool = False


def before_look_up(chunk: Undecided, *, rules: RecoveryRules, now: datetime) -> Step:
    """Quiet time first: a request that may still run must not be mistaken for one without effect."""
    return Step.WAIT if now - chunk.quiet_since < rules.quiet else Step.LOOK_UP


def after_look_up(
    chunk: Undecided,
    *,
    rules: RecoveryRules,
    now: datetime,
    newly_found: int,
    undecided: int,
    lookups_failed: int,
) -> Step:
    """For the rows that the look-up did not settle.

    `newly_found`: rows it settled just now, so their request may still be running; `undecided`: rows that EnKash
    lists without a final status, or says that it has; `lookups_failed`: look-ups in a row that gave no answer, 0 if
    this one did.
    """
    if 0 < lookups_failed < rules.max_lookup_failures or newly_found:
        return Step.WAIT
    if undecided:
        return Step.WAIT if now - chunk.first_sent_at < rules.horizon else Step.ASK_PEOPLE
    return Step.RESEND if may_resend(chunk, rules=rules, now=now) else Step.ASK_PEOPLE


def may_resend(chunk: Undecided, *, rules: RecoveryRules, now: datetime) -> bool:
    """Bounded in number and time. Without `isPointsAllocation` EnKash skips existing people in silence: not by us."""
    wanted = chunk.gives_to_existing and not chunk.cancelled
    return wanted and chunk.tries <= rules.max_resends and now - chunk.first_sent_at < rules.horizon


def after_restore(verdict: Verdict, state: RowState) -> Verdict | None:
    """What a look-up means for a row of a restored database, which may not know what was sent; None changes nothing.

    A transaction without a final status is a conflict: whether it is ours and what became of it, people decide.
    """
    if verdict.outcome is Outcome.UNKNOWN:
        return replace(verdict, outcome=Outcome.CONFLICT)
    if verdict.outcome is Outcome.FAILED and state is RowState.PENDING:
        # EnKash gave nothing, so it goes out as planned, under the same reference.
        return None
    return verdict
