from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.models.batches import Batch
from allocations.models.fields import known, state_field


class ExportState(StrEnum):
    """GONE: the file was deleted, because its time was over or personal data were erased."""

    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


OPEN_EXPORTS = frozenset({ExportState.WAITING, ExportState.WRITING})


class ExportJob(models.Model):
    """A file too large to wait for: who asked for what, how far it is, and the file until it is deleted."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # None: a search.
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, null=True, related_name="+")
    # exports.kinds.FileKind
    kind = models.CharField(max_length=10)
    # Of a batch: the word of the outcome, "" for all rows. Of a search: its filter as an address, never words.
    outcome = models.CharField(max_length=20, blank=True)
    query = models.CharField(max_length=1400, blank=True)
    state = state_field(ExportState.WAITING)

    # Conditional claim, as of an upload: a second delivery of the same job finds another epoch.
    epoch = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    # Renewed while it is written; one that stopped renewing is started again by the sweeper.
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    # 0: not known yet.
    rows_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    # Where the file is stored, and under which name it is handed out.
    file = models.FileField(blank=True)
    name = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    in_full = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            known("state", ExportState, "export_state_known"),
            models.CheckConstraint(condition=Q(batch=None) | Q(query=""), name="export_of_batch_or_search"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY) | ~Q(file="") & Q(expires_at__isnull=False, sha256__gt=""),
                name="export_ready_has_file",
            ),
        )

    def __str__(self) -> str:
        return f"export {self.pk}"
