from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.domain.approval_policies import FIRST
from allocations.domain.decisions import ProposalState
from allocations.models.fields import known, state_field


class ApprovalPolicy(models.Model):
    """Terms that an owner proposed; with another person's confirmation they are in force until the next are.

    What the portal was installed with is version 1 and has no row. Terms are never changed, a row never deleted.
    """

    # Of the confirmed ones, in order.
    number = models.PositiveIntegerField(null=True, unique=True)
    # See domain.approval_policies.Terms.
    two_from_points = models.PositiveBigIntegerField(null=True)
    two_from_rows = models.PositiveBigIntegerField(null=True)
    most_points_batch = models.PositiveBigIntegerField(null=True)
    most_points_day = models.PositiveBigIntegerField(null=True)
    most_points_row = models.PositiveBigIntegerField(null=True)
    most_points_person_month = models.PositiveBigIntegerField(null=True)
    allowed_amounts = models.JSONField(null=True)
    # Names of groups of approvers; "" for none.
    one_of_group = models.CharField(max_length=40, blank=True, default="")
    two_of_group = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=500)
    state = state_field(ProposalState.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # Who confirmed or refused it; from a confirmation on it is in force.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            known("state", ProposalState, "approval_policy_state_known"),
            models.UniqueConstraint(
                fields=("state",), condition=Q(state=ProposalState.OPEN), name="approval_policy_one_open"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="approval_policy_has_note"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.CONFIRMED, number__gt=FIRST)
                | (~Q(state=ProposalState.CONFIRMED) & Q(number__isnull=True)),
                name="approval_policy_number_if_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="approval_policy_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ProposalState.WITHDRAWN, decided_by__isnull=True, decided_at__isnull=False)
                | Q(
                    state__in=(ProposalState.CONFIRMED, ProposalState.REFUSED),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="approval_policy_decided_has_decider",
            ),
        )

    def __str__(self) -> str:
        return f"approval policy {self.number or 'proposed'}"
