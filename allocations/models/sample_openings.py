from django.conf import settings
from django.db import models

from allocations.models.batches import Batch


class SampleOpening(models.Model):
    """An approver looked at one row of the sample of one digest. Never changed, never deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="sample_openings")
    digest = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("batch", "digest", "opened_by", "number"), name="sample_opened_once"),
        )

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id} opened"
