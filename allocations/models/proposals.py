from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.domain.decisions import Decision, ProposalState
from allocations.models.batches import Batch
from allocations.models.fields import known, state_field
from allocations.models.rows import Row


class Proposal(models.Model):
    """What one person says became of some rows, with evidence; it counts when another person confirms it.

    Its content never changes, and neither does a decided one (triggers.py).
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="proposals")
    outcome = models.CharField(max_length=16)
    statement = models.TextField()
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    file_sha256 = models.CharField(max_length=64, blank=True)
    state = state_field(ProposalState.OPEN)
    # Of the form that made it: the same form sent twice makes one proposal.
    form_key = models.UUIDField(default=uuid4, unique=True, editable=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # Who confirmed or refused it. A withdrawal is the proposer's own.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Why it was refused.
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            known("outcome", Decision, "proposal_outcome_known"),
            known("state", ProposalState, "proposal_state_known"),
            models.CheckConstraint(condition=~Q(statement=""), name="proposal_has_statement"),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="proposal_decider_is_not_proposer"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ProposalState.WITHDRAWN, decided_by__isnull=True, decided_at__isnull=False)
                | Q(
                    state__in=(ProposalState.CONFIRMED, ProposalState.REFUSED),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="proposal_decided_has_decider",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REFUSED) | ~Q(reason=""), name="proposal_refused_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(file="", file_sha256="") | (~Q(file="") & ~Q(file_sha256="")), name="proposal_file_has_hash"
            ),
        )

    def __str__(self) -> str:
        return f"proposal {self.pk} for batch {self.batch_id}"


class ProposalRow(models.Model):
    """One row of a proposal, with EnKash's transaction id where the proposer knows it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="rows")
    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="proposals")
    transaction_id = models.CharField(max_length=64, blank=True)
    # As long as the proposal is: a row waits for one decision at a time.
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("row__number",)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "row"), name="proposal_row_once"),
            models.UniqueConstraint(fields=("row",), condition=Q(is_open=True), name="proposal_one_open_per_row"),
            models.UniqueConstraint(
                fields=("transaction_id",),
                condition=Q(is_open=True) & ~Q(transaction_id=""),
                name="proposal_one_open_per_transaction",
            ),
        )

    def __str__(self) -> str:
        return f"row {self.row_id} in proposal {self.proposal_id}"


class ExceptionOwner(models.Model):
    """Who looks after a row that waits for people. It tells others so; it keeps nobody from acting."""

    row = models.OneToOneField(Row, on_delete=models.CASCADE, related_name="exception_owner")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"user {self.owner_id} looks after row {self.row_id}"
