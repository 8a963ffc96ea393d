from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.models.batches import Batch
from allocations.models.fields import paired


class ApiToken(models.Model):
    """With which a program acts for a person. Only its SHA-256 is kept; 256 random bits need no slower hash."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    # The first characters, by which people tell tokens apart.
    start = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    # domain.api_tokens.Scope
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    # Calls since `window_at`, for the limit of calls in a minute.
    window_at = models.DateTimeField(null=True)
    window_calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints = (paired("api_token_revoked_pair", "revoked_by", "revoked_at"),)

    def __str__(self) -> str:
        return f"API token {self.pk}"


class ApiCall(models.Model):
    """A change that a program asked for under a key of its own, and its answer, for when it asks again."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=200)
    # SHA-256 of method, address and body.
    sha256 = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    # 0 and "" while it is carried out.
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("began_at",), name="api_call_by_time"),)
        constraints = (
            models.UniqueConstraint(fields=("token", "key"), name="api_call_key_once"),
            models.CheckConstraint(condition=Q(status=0, answer="") | Q(status__gte=200), name="api_call_answered"),
        )

    def __str__(self) -> str:
        return f"API call {self.pk}"
