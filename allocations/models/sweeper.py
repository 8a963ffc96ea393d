from django.db import models


class SweeperLease(models.Model):
    """Whichever sweeper holds it sweeps; its last round is what the pages show."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    owner = models.CharField(max_length=100, blank=True)
    expires_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="sweeper_single"),)

    def __str__(self) -> str:
        return "sweeper lease"
