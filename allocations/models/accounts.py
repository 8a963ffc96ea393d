from django.db import models
from django.db.models import Q


class Account(models.Model):
    """A funding account at EnKash, with its balance in points as last read."""

    name = models.CharField(max_length=100, unique=True)
    company_id = models.CharField(max_length=32)
    card_account_id = models.CharField(max_length=32)
    chunk_size = models.PositiveIntegerField(default=50)
    # None until read. Balances can have paise.
    balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    balance_at = models.DateTimeField(null=True)
    # True after anything unknown: the stored figure must be read again before it decides something.
    balance_stale = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company_id", "card_account_id"), name="account_once"),
            models.CheckConstraint(condition=Q(chunk_size__gte=1, chunk_size__lte=1000), name="account_chunk_size"),
        )

    def __str__(self) -> str:
        return self.name


class Lane(models.Model):
    """One request in flight: whoever holds the lane's lease may send for its account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lanes")
    number = models.PositiveSmallIntegerField()
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_epoch = models.PositiveBigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "number"), name="lane_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=16), name="lane_number"),
        )

    def __str__(self) -> str:
        return f"lane {self.number} of {self.account_id}"
