from django.db import models

from allocations.models.batches import Batch


class Repeat(models.Model):
    """Rows of a batch that another one has too, as counted last: after its list was read, and at its submission."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="repeats")
    other = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    equal_rows = models.PositiveIntegerField()
    equal_points = models.PositiveBigIntegerField()
    # Rows of the batch that would be sent, and rows that the other one sends or has sent.
    rows = models.PositiveIntegerField()
    other_rows = models.PositiveIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        ordering = ("-equal_rows", "-other_id")
        constraints = (
            models.UniqueConstraint(fields=("batch", "other"), name="repeat_once"),
            models.CheckConstraint(
                condition=models.Q(equal_rows__lte=models.F("rows")) & models.Q(equal_rows__lte=models.F("other_rows")),
                name="repeat_within_both",
            ),
        )

    def __str__(self) -> str:
        return f"{self.equal_rows} rows of batch {self.batch_id} are in batch {self.other_id}"
