from django.conf import settings
from django.db import models

from allocations.models.batches import Batch
from allocations.models.rows import Row


class Reveal(models.Model):
    """For how long one person sees one row in full. What they said is in the trail; this may go with its row."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revealed_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "row"), name="reveal_once_a_person"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("revealed_at")), name="reveal_ends_later"),
        )

    def __str__(self) -> str:
        return f"row {self.row_id} revealed to user {self.person_id}"
