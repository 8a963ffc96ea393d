from django.conf import settings
from django.db import models
from django.db.models import Q

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

    # The whole entry as canonical JSON (domain.chain), and its place in the chain. The place is written once, a moment
    # after the entry (services.sealing): entries that wait for each other's links would make lanes wait.
    body = models.TextField()
    number = models.PositiveBigIntegerField(null=True, unique=True)
    link = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("batch", "id"), name="trail_by_batch"),
            # Exports among the many entries about calls.
            models.Index(fields=("event", "-id"), name="trail_by_event"),
            models.Index(fields=("id",), name="trail_unlinked", condition=Q(number__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(number__isnull=True, link="") | Q(number__gt=0) & ~Q(link=""), name="trail_number_has_link"
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} of {self.object_type} {self.object_id}"


class TrailSeal(models.Model):
    """A signed statement of how long the trail was and of its last link. Append-only (triggers.py)."""

    size = models.PositiveBigIntegerField(unique=True)
    # domain.chain.SealText, its Ed25519 signature (hexadecimal) and the public key that checks it (hexadecimal).
    text = models.TextField()
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    # When it had reached everybody who keeps seals outside of the portal.
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("size",)

    def __str__(self) -> str:
        return f"seal of {self.size} entries"
