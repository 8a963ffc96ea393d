"""What our earlier calls did with a row: it decides what EnKash's "already exists" proves."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.answers import Before
from allocations.domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call that may have reached EnKash with the row. `other_run`: not of the run that sends it now."""

    other_run: bool
    outcome: str


def before(calls: Iterable[EarlierCall]) -> Before:
    """Nothing without a call; FAILED if one of them was refused."""
    refused = [_was_refused(call) for call in calls]
    if not refused:
        return Before.NOTHING
    return Before.FAILED if any(refused) else Before.MAYBE


def _was_refused(call: EarlierCall) -> bool:
    # Only failed rows get into another run, whether an answer, a look-up or two people said so.
    return call.other_run or call.outcome == Outcome.FAILED
