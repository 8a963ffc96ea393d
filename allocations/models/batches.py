from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.domain.states import BatchState
from allocations.models.accounts import Account
from allocations.models.fields import known, paired, state_field


class Batch(models.Model):
    """One list on its way. Its number for people is its id."""

    purpose = models.CharField(max_length=120)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="batches")
    # EnKash's isPointsAllocation: True gives points to new and existing people, False to new people only.
    is_points_allocation = models.BooleanField()
    state = state_field(BatchState.DRAFT)
    # Of the form that made it: the same form sent twice makes one batch.
    form_key = models.UUIDField(default=uuid4, unique=True, editable=False)
    # Counts every content that was submitted: a vote belongs to one version.
    version = models.PositiveIntegerField(default=0)

    # Written by the import; left_out_* and points_total again when rows are left out.
    row_count = models.PositiveIntegerField(default=0)
    error_rows = models.PositiveIntegerField(default=0)
    warning_rows = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    # Points of the rows that would be sent (not left out), and of those left out with a readable amount.
    points_total = models.PositiveBigIntegerField(default=0)
    # Points of the largest row that would be sent, counted at submission.
    largest_points = models.PositiveBigIntegerField(default=0)
    # Problems by cause (selectors.review.stored_causes), counted with the above; None: not counted.
    causes = models.JSONField(null=True, editable=False)

    # Frozen at submission: the canonical manifest as text and its SHA-256.
    manifest = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    # What approvers read of all rows of the content with that digest (domain.spreads.Spread.stored), counted then. Of
    # another content, or None: counted when it is read.
    spread = models.JSONField(null=True, editable=False)
    # Also from then on: domain.repeats.ContentRoot, and why the maker gives points that another batch gives too.
    content_root = models.CharField(max_length=64, blank=True)
    repeat_reason = models.TextField(blank=True)
    # And the number of the approval policy it was submitted under, how many distinct approvers that asks for, of which
    # group one of them must be ("": of none), and why.
    policy = models.PositiveIntegerField(default=1)
    approvers = models.PositiveSmallIntegerField(default=1)
    approvers_group = models.CharField(max_length=40, blank=True, default="")
    approvers_why = models.CharField(max_length=300, blank=True)

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploaded_batches")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="submitted_batches"
    )
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="approved_batches"
    )
    approved_at = models.DateTimeField(null=True)
    # Chosen at submission and signed with the rest: when the run is to begin; None: at once.
    start_at = models.DateTimeField(null=True)
    # Why an approver sent it back, until it is submitted again.
    sent_back_reason = models.TextField(blank=True)
    # When the personal data of its rows went (services.erasing), and a moment later its files.
    erased_at = models.DateTimeField(null=True)
    files_erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("state", "-id"), name="batch_by_state"),
            models.Index(fields=("content_root",), name="batch_by_content", condition=~Q(content_root="")),
        )
        constraints = (
            known("state", BatchState, "batch_state_known"),
            paired("batch_submitted_pair", "submitted_by", "submitted_at"),
            paired("batch_approved_pair", "approved_by", "approved_at"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("uploaded_by"))),
                name="batch_approver_is_not_maker",
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.APPROVED) | Q(approved_by__isnull=False, submitted_by__isnull=False),
                name="batch_approved_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(files_erased_at=None) | Q(erased_at__isnull=False), name="batch_files_erased_last"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(BatchState.SUBMITTED, BatchState.APPROVED)) | ~Q(digest=""),
                name="batch_frozen_has_digest",
            ),
            models.CheckConstraint(condition=Q(approvers__in=(1, 2)), name="batch_one_or_two_approvers"),
            models.UniqueConstraint(
                fields=("content_root",),
                condition=Q(state=BatchState.SUBMITTED) & ~Q(content_root=""),
                name="batch_content_waits_once",
            ),
        )

    def __str__(self) -> str:
        return f"Batch {self.pk}"


class BatchEditor(models.Model):
    """Somebody who changed the batch. A trigger refuses their approval; see triggers.py."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_edited_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("batch", "user"), name="editor_once"),)

    def __str__(self) -> str:
        return f"user {self.user_id} edited batch {self.batch_id}"
