from datetime import datetime
from uuid import uuid4

from django.db import models


class Installation(models.Model):
    """Which life of the database this is, and whether it has to find out first what an earlier life has sent."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # A new one with every recovery: whatever was claimed or counted under a former one no longer counts here.
    instance_id = models.UUIDField(default=uuid4)
    # While set, nothing is sent.
    recovering_since = models.DateTimeField(null=True)
    # Rows of batches made before this instant are looked up before they are sent for the first time.
    recovered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="installation_single"),)

    def __str__(self) -> str:
        return f"installation {self.instance_id}"

    def may_have_forgotten(self, made_at: datetime) -> bool:
        """Whether something made then may have gone on in a life that was lost."""
        return self.recovering_since is not None or (self.recovered_at is not None and made_at < self.recovered_at)
