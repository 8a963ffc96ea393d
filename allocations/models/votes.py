from django.conf import settings
from django.db import models

from allocations.models.batches import Batch


class Vote(models.Model):
    """One approver's decision on one digest. Never changed, never deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="votes")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    decision = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    # Rows of the sample that had to be opened for it, and were; 0 where the list stood on the sheet whole.
    sample_rows = models.PositiveSmallIntegerField(default=0)
    voted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    voted_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("batch", "version", "voted_by"), name="vote_once_a_version"),
            models.CheckConstraint(
                condition=models.Q(decision="approve") | (models.Q(decision="send_back") & ~models.Q(reason="")),
                name="vote_sent_back_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision} on {self.digest[:8]}"
