"""Whether an approval still holds when its run is about to begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allocations.domain.pauses import Pause


@dataclass(frozen=True, slots=True)
class Approval:
    """`start_at`: the time that the approver signed, None for at once. `voter_may`: active, and an approver now."""

    voted_at: datetime
    start_at: datetime | None
    voter_may: bool


def why_void(approval: Approval, *, now: datetime, lasts: timedelta) -> Pause | None:
    """None while it holds. A run that was to begin later has that long from then on."""
    if not approval.voter_may:
        return Pause.UNAPPROVED
    counts_from = max(approval.voted_at, approval.start_at or approval.voted_at)
    return Pause.LAPSED if now - counts_from > lasts else None
