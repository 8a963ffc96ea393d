from django.conf import settings
from django.db import models

from allocations.models.batches import Batch
from allocations.models.uploads import Upload


class Correction(models.Model):
    """What a workbook that came back would change, until its person applies it or gives it up. Then it is deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="corrections")
    # The reading of the list that the workbook was made from.
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    # [[row number, seal of the row as it was, {field: text}], ...] by number; only cells that would change.
    changes = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("batch", "made_by"), name="correction_once_a_person"),)

    def __str__(self) -> str:
        return f"correction {self.pk} of batch {self.batch_id}"
