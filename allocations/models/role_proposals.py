from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Role
from allocations.models.approver_groups import ApproverGroup
from allocations.models.fields import known, state_field


class RoleProposal(models.Model):
    """A role that an owner wants to give and that counts when another person confirms it; or an approver's place in a
    group of approvers, which is given in the same way."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_proposals")
    role = models.CharField(max_length=16)
    # None: the role itself.
    group = models.ForeignKey(ApproverGroup, on_delete=models.PROTECT, null=True, related_name="+")
    state = state_field(ProposalState.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # Who confirmed or refused it. Withdrawn: by the proposer, or because the person was deactivated.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            known("role", Role, "role_proposal_role_known"),
            known("state", ProposalState, "role_proposal_state_known"),
            models.UniqueConstraint(
                fields=("person", "role"),
                condition=Q(state=ProposalState.OPEN, group__isnull=True),
                name="role_proposal_one_open",
            ),
            models.UniqueConstraint(
                fields=("person", "group"), condition=Q(state=ProposalState.OPEN), name="role_proposal_one_open_group"
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | Q(role=Role.APPROVER), name="role_proposal_group_of_approvers"
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("person")), name="role_proposal_not_for_oneself"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("person"))),
                name="role_proposal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ProposalState.WITHDRAWN, decided_by__isnull=True, decided_at__isnull=False)
                | Q(
                    state__in=(ProposalState.CONFIRMED, ProposalState.REFUSED),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="role_proposal_decided_has_decider",
            ),
        )

    def __str__(self) -> str:
        return f"{self.group or self.role} for user {self.person_id}"
