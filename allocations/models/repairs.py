from django.conf import settings
from django.db import models

from allocations.models.batches import Batch


class Repair(models.Model):
    """Many rows changed at once before submission, with what it takes to undo that. Undone, it is deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="repairs")
    kind = models.CharField(max_length=20)
    # The cause of problems that it was for.
    code = models.CharField(max_length=40)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    row_count = models.PositiveIntegerField()
    # [[row number, {field: [text typed before, or null; text now]}, [numbers of rows left out]], ...] by number.
    steps = models.JSONField(default=list)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"repair {self.pk} of batch {self.batch_id}"
