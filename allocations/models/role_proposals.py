from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Role
from allocations.models.fields import known, state_field


class RoleProposal(models.Model):
    """A role that an owner wants to give and that counts when another person confirms it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_proposals")
    role = models.CharField(max_length=16)
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
                fields=("person", "role"), condition=Q(state=ProposalState.OPEN), name="role_proposal_one_open"
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
        return f"{self.role} for user {self.person_id}"
