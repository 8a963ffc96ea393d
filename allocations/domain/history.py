"""What our calls did with a row: it decides what "already exists", and a failure in EnKash's list, prove."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.answers import Before
from allocations.domain.calls import CallResult
from allocations.domain.outcomes import Outcome, Reason

# EnKash said no to the whole call; whether that uses its references up is not documented.
_REFUSED = frozenset({CallResult.REFUSED_WHOLE, CallResult.INSUFFICIENT_BALANCE})
# Turned away before anybody read the rows.
_TURNED_AWAY = frozenset({CallResult.UNAUTHORIZED, CallResult.THROTTLED})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may have reached EnKash with the row. `other_run`: not of the run that sends it now; "" where a
    text is not known."""

    other_run: bool
    result: str
    outcome: str
    reason: str


def before(calls: Iterable[Call]) -> Before:
    """Nothing without a call; FAILED if one of them was refused or may have been told so."""
    refused = [_was_refused(call) for call in calls]
    if not refused:
        return Before.NOTHING
    return Before.FAILED if any(refused) else Before.MAYBE


def _was_refused(call: Call) -> bool:
    # Only failed rows get into another run, whether an answer, a look-up or two people said so.
    return (
        call.other_run
        or call.outcome == Outcome.FAILED
        # A failure line in an answer whose counts are wrong: no proof, but EnKash may have refused the row.
        or call.reason == Reason.COUNTS_DIFFER
        or call.result in _REFUSED
    )


def is_proved_by_listed_failure(calls: Iterable[Call]) -> bool:
    """Whether a failure in EnKash's list, and no credit, means that none of the calls credited the row.

    The list does not say whose failure it is: one call may have failed, and another one's credit not be listed yet.
    """
    listed = [call for call in calls if not _left_no_entry(call)]
    return len(listed) <= 1 or all(map(_surely_failed, listed))


def _left_no_entry(call: Call) -> bool:
    return call.result in _TURNED_AWAY or call.reason == Reason.DUPLICATE_REFERENCE


def _surely_failed(call: Call) -> bool:
    return call.outcome == Outcome.FAILED or call.result == CallResult.REFUSED_WHOLE
