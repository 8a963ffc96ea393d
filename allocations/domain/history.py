"""What our calls did with a row: it decides what a failure in EnKash's list proves."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.calls import CallResult
from allocations.domain.outcomes import Outcome, Reason

# Turned away before anybody read the rows.
_TURNED_AWAY = frozenset({CallResult.UNAUTHORIZED, CallResult.THROTTLED})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may have reached EnKash with the row; "" where a text is not known."""

    result: str
    outcome: str
    reason: str


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
