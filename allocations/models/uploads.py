from enum import StrEnum

from django.conf import settings
from django.db import models

from allocations.models.batches import Batch
from allocations.models.fields import known, state_field


class UploadState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"


class Upload(models.Model):
    """A list as it came: the file, how it was read, what its columns mean. The newest of a batch counts."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="uploads")
    file = models.FileField(upload_to="uploads/%Y/%m/")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=8)
    state = state_field(UploadState.WAITING)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    # Conditional claim of the import job: a second delivery of the same job finds another epoch.
    epoch = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    # Renewed with the progress; a reading that stopped renewing is started again by the sweeper.
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    mapping_override = models.JSONField(null=True)
    ignored = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    blank_rows = models.PositiveIntegerField(default=0)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    parser_version = models.CharField(max_length=20, blank=True)
    # Of a workbook: the sheet that was read.
    sheet = models.CharField(max_length=100, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    # domain.readings: what a person can choose after a refusal, what they chose, what they have to confirm.
    offers = models.JSONField(default=dict)
    choice = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (known("state", UploadState, "upload_state_known"),)

    def __str__(self) -> str:
        return f"upload {self.pk} of batch {self.batch_id}"
