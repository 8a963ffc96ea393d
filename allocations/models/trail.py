from django.conf import settings
from django.db import models

from allocations.models.batches import Batch


class TrailEntry(models.Model):
    """One state change, written in its transaction. Append-only (triggers.py); no personal data of recipients."""

    at = models.DateTimeField()
    # None: the portal itself (a worker, the sweeper).
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=40)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="trail")
    object_type = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("batch", "id"), name="trail_by_batch"),)

    def __str__(self) -> str:
        return f"{self.event} of {self.object_type} {self.object_id}"
