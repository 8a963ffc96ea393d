from django.db import models


class EnkashToken(models.Model):
    """The one access token of the EnKash connection, and the breaker that keeps EnKash from locking the account."""

    # Always 1: one connection.
    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Encrypted at rest.
    value = models.BinaryField(null=True)
    expires_at = models.DateTimeField(null=True)
    # Counted before each login, set back by its success. At 2 nobody tries again by itself.
    failures = models.PositiveSmallIntegerField(default=0)
    login_owner = models.CharField(max_length=100, blank=True)
    login_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="token_single"),)

    def __str__(self) -> str:
        return "EnKash token"
