from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.models.fields import paired


class Freeze(models.Model):
    """All sending is stopped until `released_at`. One person proposes the release, another one confirms it."""

    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    release_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    release_proposed_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    # The same in every open freeze, so that a unique index allows one.
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("is_open",), condition=Q(is_open=True), name="freeze_one_open"),
            models.CheckConstraint(
                condition=Q(is_open=True, released_at__isnull=True) | Q(is_open=False, released_at__isnull=False),
                name="freeze_open_until_released",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="freeze_has_reason"),
            paired("freeze_proposed_pair", "release_proposed_by", "release_proposed_at"),
            paired("freeze_released_pair", "released_by", "released_at"),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | (Q(release_proposed_by__isnull=False) & ~Q(released_by=F("release_proposed_by"))),
                name="freeze_released_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"freeze {self.pk}"
