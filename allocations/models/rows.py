from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper

from allocations.domain.states import RowState
from allocations.models.batches import Batch
from allocations.models.fields import NameKey, known, state_field


class Row(models.Model):
    """One recipient line. The payload is frozen from submission on (triggers.py); the outcome is the rest."""

    # An index of its own would only repeat the beginning of row_number_once, and cost every import.
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    # As in the file: the header is row 1, the first person row 2.
    number = models.PositiveIntegerField()

    # Payload.
    title = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=10, blank=True)
    # Points; None while the cell is unusable.
    amount = models.PositiveBigIntegerField(null=True)
    remarks = models.CharField(max_length=1000, blank=True)
    # Ours, minted once (26 characters A-Z2-7), kept for life.
    reference = models.CharField(max_length=30)
    # SHA-256 (hex) of domain.manifest.payload_bytes(...), "" while the row has errors. Written with the payload.
    payload_hash = models.CharField(max_length=64, blank=True)

    client_reference = models.CharField(max_length=100, blank=True)
    # {field: text as found}, only where it differs from the clean value.
    raw = models.JSONField(default=dict)
    # domain.cells.forensics: {field: type and number format} where a workbook's cell is not plain text; NULL else.
    cells = models.JSONField(null=True)
    # {field: text typed in the portal} of cells mended by hand, whose `raw` is kept; NULL else.
    edits = models.JSONField(null=True)
    error_count = models.PositiveSmallIntegerField(default=0)
    warning_count = models.PositiveSmallIntegerField(default=0)

    # Outcome.
    state = state_field(RowState.PENDING)
    # As of the batch: row_by_chunk begins with it.
    chunk = models.ForeignKey(
        "allocations.Chunk", on_delete=models.PROTECT, null=True, related_name="rows", db_index=False
    )
    # How often a request with this row may have reached EnKash, and when the first one was sent.
    tries = models.PositiveSmallIntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    transaction_id = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULL keeps the unique index sparse
    card_id = models.CharField(max_length=64, blank=True)
    enkash_user_id = models.CharField(max_length=64, blank=True)
    credited_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    account_balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    user_balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        indexes = (
            models.Index(fields=("chunk", "state"), name="row_by_chunk", condition=Q(chunk__isnull=False)),
            models.Index(
                fields=("client_reference",), name="row_by_client_reference", condition=Q(client_reference__gt="")
            ),
            models.Index(fields=("batch", "number"), name="row_left_out", condition=Q(state=RowState.LEFT_OUT)),
            # Few of many, or none: an approver's sample draws some of them.
            models.Index(fields=("batch", "number"), name="row_warned", condition=Q(warning_count__gt=0)),
            # What people are searched by; newest first where one of them has many rows.
            models.Index(fields=("mobile", "-id"), name="row_by_mobile"),
            models.Index(Lower("email"), F("id").desc(), name="row_by_email", condition=Q(email__gt="")),
            models.Index(fields=("card_id", "-id"), name="row_by_card", condition=Q(card_id__gt="")),
            models.Index(NameKey("name"), "id", name="row_by_name"),
        )
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="row_number_once"),
            models.UniqueConstraint(fields=("reference",), name="row_reference_once"),
            models.UniqueConstraint(
                fields=("transaction_id",),
                condition=Q(transaction_id__isnull=False),
                name="row_transaction_once",
            ),
            models.CheckConstraint(condition=Q(reference=Upper(F("reference"))), name="row_reference_upper"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="row_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state=RowState.CREDITED) | (~Q(evidence="") & Q(credited_amount__isnull=False)),
                name="row_credited_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(RowState.PENDING, RowState.LEFT_OUT)) | ~Q(payload_hash=""),
                name="row_sent_has_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state=RowState.CANCELLED) | Q(tries=0), name="row_cancelled_never_sent"
            ),
            known("state", RowState, "row_state_known"),
        )

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id}"
