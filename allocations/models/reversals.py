from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from allocations.domain.reversals import ReversalState
from allocations.domain.states import OPEN_ATTEMPTS, AttemptState
from allocations.models.fields import known, paired, state_field
from allocations.models.rows import Row

_UNSIGNED = (ReversalState.PROPOSED, ReversalState.REJECTED, ReversalState.WITHDRAWN)


class Reversal(models.Model):
    """Points taken back from a credited row, which stays credited. What was asked for never changes (triggers.py)."""

    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="reversals")
    amount = models.PositiveBigIntegerField()
    # Of its own, as a row has one: 26 characters A-Z2-7, kept for life.
    reference = models.CharField(max_length=30, unique=True)
    # The card to take from, as it was known when the reversal was asked for; "" where EnKash goes by the mobile.
    card_id = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    # The same form sent twice makes one reversal.
    form_key = models.UUIDField(default=uuid4, unique=True, editable=False)
    # What the approver signs, as text and its SHA-256.
    content = models.TextField()
    digest = models.CharField(max_length=64)

    state = state_field(ReversalState.PROPOSED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # Who rejected or withdrew it, and why.
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(blank=True)

    lease_owner = models.CharField(max_length=100, blank=True)
    lease_epoch = models.PositiveBigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    next_action_at = models.DateTimeField(null=True)
    attempts_used = models.PositiveSmallIntegerField(default=0)
    # Calls that may have reached EnKash.
    tries = models.PositiveSmallIntegerField(default=0)
    # Latest instant at which a call of ours for it could still have been on the wire.
    quiet_since = models.DateTimeField(null=True)
    lookups_failed = models.PositiveSmallIntegerField(default=0)
    # Why it waits for people before the next call, and the calls in a row that ended alike, as for a run.
    pause_code = models.CharField(max_length=40, blank=True)
    pause_text = models.TextField(blank=True)
    streak_kind = models.CharField(max_length=24, blank=True)
    streak = models.PositiveSmallIntegerField(default=0)

    evidence = models.CharField(max_length=20, blank=True)
    # domain.debits.Doubt, and EnKash's own text.
    doubt = models.CharField(max_length=40, blank=True)
    said = models.TextField(blank=True)
    transaction_id = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULL keeps the unique index sparse
    user_balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("state", "-id"), name="reversal_by_state"),
            models.Index(fields=("row", "state"), name="reversal_by_row"),
        )
        constraints = (
            known("state", ReversalState, "reversal_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_positive"),
            models.CheckConstraint(condition=Q(reference=Upper(F("reference"))), name="reversal_reference_upper"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(digest=""), name="reversal_says_why"),
            paired("reversal_approved_pair", "approved_by", "approved_at"),
            paired("reversal_closed_pair", "closed_by", "closed_at"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="reversal_approver_is_not_maker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_UNSIGNED) | Q(approved_by__isnull=False), name="reversal_sent_has_approver"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReversalState.REJECTED)
                | (Q(closed_by__isnull=False) & ~Q(closed_by=F("requested_by")) & ~Q(closed_reason="")),
                name="reversal_rejected_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ReversalState.REVERSED, ReversalState.FAILED)) | ~Q(evidence=""),
                name="reversal_outcome_has_evidence",
            ),
            models.UniqueConstraint(
                fields=("transaction_id",), condition=Q(transaction_id__isnull=False), name="reversal_transaction_once"
            ),
        )

    def __str__(self) -> str:
        return f"reversal {self.pk} of row {self.row_id}"


class ReversalAttempt(models.Model):
    """One single call for one reversal: the intent before it, the raw answer after it, what was made of it."""

    reversal = models.ForeignKey(Reversal, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    epoch = models.PositiveBigIntegerField()
    state = state_field(AttemptState.INTENT)
    worker = models.CharField(max_length=100)
    code_version = models.CharField(max_length=40)
    payload_sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    # When our side of the call surely ended: its end if recorded, else the lease's end.
    quiet_since = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    # Raw bytes of the answer, encrypted at rest.
    body = models.BinaryField(null=True)
    # domain.calls.CallResult, and what EnKash or the transport said.
    result = models.CharField(max_length=24, blank=True)
    message = models.TextField(blank=True)
    notes = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("reversal", "number"), name="reversal_attempt_number_once"),
            models.UniqueConstraint(
                fields=("reversal",),
                condition=Q(state__in=sorted(state.value for state in OPEN_ATTEMPTS)),
                name="reversal_attempt_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AttemptState.ANSWERED, AttemptState.APPLIED))
                | Q(answered_at__isnull=False, body__isnull=False),
                name="reversal_attempt_has_body",
            ),
            known("state", AttemptState, "reversal_attempt_state_known"),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of reversal {self.reversal_id}"
