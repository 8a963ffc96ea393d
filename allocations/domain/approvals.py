"""Whether approvals still hold when their run is about to begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocations.domain.approver_groups import Asked, is_enough
from allocations.domain.pauses import Pause


@dataclass(frozen=True, slots=True)
class Approval:
    """`start_at`: the time that the approver signed, None for at once. `voter_may`: active, and an approver now.
    `of_group`: and in the group that is asked for, now; False where none is."""

    voted_at: datetime
    start_at: datetime | None
    voter_may: bool
    of_group: bool = False


def why_void(approval: Approval, *, now: datetime, lasts: timedelta) -> Pause | None:
    """None while it holds. A run that was to begin later has that long from then on."""
    if not approval.voter_may:
        return Pause.UNAPPROVED
    counts_from = max(approval.voted_at, approval.start_at or approval.voted_at)
    return Pause.LAPSED if now - counts_from > lasts else None


def why_all_void(
    approvals: Sequence[Approval], *, asked: Asked, submitted_under: int, in_force: int, now: datetime, lasts: timedelta
) -> Pause | None:
    """None while as many hold as are asked for, and of whom, under the policy in force. The numbers are of policies."""
    if submitted_under != in_force:
        return Pause.OTHER_POLICY
    reasons = [why_void(approval, now=now, lasts=lasts) for approval in approvals]
    holding = [one.of_group for one, reason in zip(approvals, reasons, strict=True) if reason is None]
    if is_enough(asked, holding):
        return None
    return next((reason for reason in reasons if reason), Pause.UNAPPROVED)
