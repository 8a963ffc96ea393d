"""What our earlier calls did with a row: it decides what EnKash's "already exists" proves."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.answers import Before
from allocations.domain.calls import CallResult
from allocations.domain.outcomes import Outcome, Reason

# EnKash said no to the whole call; whether that uses its references up is not documented.
_REFUSED = frozenset({CallResult.REFUSED_WHOLE, CallResult.INSUFFICIENT_BALANCE})


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call that may have reached EnKash with the row. `other_run`: not of the run that sends it now; "" where a
    text is not known."""

    other_run: bool
    result: str
    outcome: str
    reason: str


def before(calls: Iterable[EarlierCall]) -> Before:
    """Nothing without a call; FAILED if one of them was refused or may have been told so."""
    refused = [_was_refused(call) for call in calls]
    if not refused:
        return Before.NOTHING
    return Before.FAILED if any(refused) else Before.MAYBE


def _was_refused(call: EarlierCall) -> bool:
    # Only failed rows get into another run, whether an answer, a look-up or two people said so.
    return (
        call.other_run
        or call.outcome == Outcome.FAILED
        # A failure line in an answer whose counts are wrong: no proof, but EnKash may have refused the row.
        or call.reason == Reason.COUNTS_DIFFER
        or call.result in _REFUSED
    )
