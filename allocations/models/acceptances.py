from django.conf import settings
from django.db import models

from allocations.models.batches import Batch


class Acceptance(models.Model):
    """Why a maker lets the warnings of one cause go.

    It covers those that were found until then, by id, rather than being written on each of a million of them: one
    that is found or found again later has a higher id, so the acceptance lapses by itself.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="acceptances")
    # domain.problems.Problem.code
    code = models.CharField(max_length=40)
    # Rows with the cause that would have been sent, and the id of the newest of its problems.
    rows = models.PositiveIntegerField()
    newest = models.PositiveBigIntegerField()
    reason = models.TextField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("batch", "code"), name="acceptance_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="acceptance_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.code} of batch {self.batch_id} accepted"
