from django.db import models
from django.db.models import Q

from allocations.domain.states import OPEN_ATTEMPTS, AttemptState
from allocations.models.fields import known, state_field
from allocations.models.rows import Row
from allocations.models.runs import Chunk


class Attempt(models.Model):
    """One HTTP call for one chunk: the intent before it, the raw answer after it, what was made of it."""

    chunk = models.ForeignKey(Chunk, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    epoch = models.PositiveBigIntegerField()
    state = state_field(AttemptState.INTENT)
    worker = models.CharField(max_length=100)
    code_version = models.CharField(max_length=40)
    payload_sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    points = models.PositiveBigIntegerField()
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
            models.UniqueConstraint(fields=("chunk", "number"), name="attempt_number_once"),
            models.UniqueConstraint(
                fields=("chunk",),
                condition=Q(state__in=sorted(state.value for state in OPEN_ATTEMPTS)),
                name="attempt_one_open_per_chunk",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AttemptState.ANSWERED, AttemptState.APPLIED))
                | Q(answered_at__isnull=False, body__isnull=False),
                name="attempt_answered_has_body",
            ),
            known("state", AttemptState, "attempt_state_known"),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of chunk {self.chunk_id}"


class AttemptRow(models.Model):
    """What one attempt said of one row."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="rows")
    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="attempts")
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, blank=True)
    evidence = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    transaction_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("attempt", "row"), name="attempt_row_once"),)

    def __str__(self) -> str:
        return f"row {self.row_id} in attempt {self.attempt_id}"
