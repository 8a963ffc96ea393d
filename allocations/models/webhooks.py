from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.models.fields import known, paired, state_field


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Webhook(models.Model):
    """An address that is told of events. Secrets are encrypted (gateway.secrets)."""

    url = models.CharField(max_length=500)
    # domain.webhooks.Event
    events = models.JSONField()
    secret = models.BinaryField()
    # Signs too, until then.
    former_secret = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # While set nothing is sent; what happens meanwhile is told afterwards.
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    # After a try that failed: nothing else is tried before, so that a receiver who is away holds up nobody.
    quiet_until = models.DateTimeField(null=True)
    # How far into the trail it was told.
    number = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-id",)
        constraints = (paired("webhook_former_pair", "former_secret", "former_until"),)

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookDelivery(models.Model):
    """One event on its way to one address. `key` names the event there: sent again it is the same one."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=20)
    body = models.TextField()
    made_at = models.DateTimeField()
    state = state_field(DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    # Of the last try: 0 where no answer came.
    status = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("next_at",), name="webhook_due", condition=Q(state=DeliveryState.WAITING.value)),
        )
        constraints = (
            models.UniqueConstraint(fields=("webhook", "key"), name="webhook_event_once"),
            known("state", DeliveryState, "webhook_delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING.value, next_at__isnull=False)
                | ~Q(state=DeliveryState.WAITING.value) & Q(next_at=None),
                name="webhook_waiting_is_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} to webhook {self.webhook_id}"
