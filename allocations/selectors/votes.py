"""The approvals of one frozen content, and which of them still hold."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

from allocations.domain.approvals import Approval, why_void
from allocations.domain.approver_groups import Asked
from allocations.domain.policy import Role
from allocations.domain.states import BatchState
from allocations.models import Batch, Run, Vote
from allocations.selectors.approver_groups import members_of


def approvals_of(batch: Batch) -> QuerySet[Vote]:
    """The votes for the content as it is now, the first one first."""
    votes = Vote.objects.filter(batch=batch, version=batch.version, digest=batch.digest, decision="approve")
    return votes.select_related("voted_by").order_by("pk")


def asked_of(batch: Batch) -> Asked:
    """What was frozen with its content."""
    return Asked(batch.approvers, batch.approvers_group)


def as_approvals(batch: Batch) -> list[tuple[Vote, Approval]]:
    """Each vote with what decides whether it holds."""
    votes = list(approvals_of(batch))
    may = set(
        User.objects.filter(
            pk__in=[vote.voted_by_id for vote in votes], is_active=True, groups__name=Role.APPROVER.value
        ).values_list("pk", flat=True)
    )
    members = members_of(batch.approvers_group)
    return [
        (
            vote,
            Approval(
                voted_at=vote.voted_at,
                start_at=batch.start_at,
                voter_may=vote.voted_by_id in may,
                of_group=vote.voted_by_id in members,
            ),
        )
        for vote in votes
    ]


def approval_lasts() -> timedelta:
    return timedelta(days=settings.APPROVAL_DAYS)


def holding_approvals(batch: Batch, *, now: datetime) -> list[Vote]:
    """The votes that count: not too old, and of people who are approvers still."""
    return [vote for vote, _ in _holding(batch, now=now)]


def holding_of_group(batch: Batch, *, now: datetime) -> dict[int, bool]:
    """By the people whose votes count: whether they are of the group that is asked for."""
    return {vote.voted_by_id: approval.of_group for vote, approval in _holding(batch, now=now)}


def _holding(batch: Batch, *, now: datetime) -> list[tuple[Vote, Approval]]:
    return [
        (vote, approval)
        for vote, approval in as_approvals(batch)
        if why_void(approval, now=now, lasts=approval_lasts()) is None
    ]


def run_begun_by(batch: Batch, *, voter_id: int, digest: str) -> Run | None:
    """The run of this content, if this person is among those who approved it."""
    if batch.state != BatchState.APPROVED or batch.digest != digest:
        return None
    voted = approvals_of(batch).filter(voted_by_id=voter_id).exists()
    return Run.objects.filter(batch=batch, generation=1).first() if voted else None
