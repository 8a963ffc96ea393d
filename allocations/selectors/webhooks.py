"""Webhooks and what was sent to them."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from allocations.models import Webhook, WebhookDelivery
from allocations.models.webhooks import DeliveryState

PAGE = 50


def webhooks() -> QuerySet[Webhook]:
    """Newest first, each with how many events wait for it and how many were given up of those that are remembered."""
    of = {state: Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState}
    return (
        Webhook.objects.filter(removed_at=None)
        .select_related("made_by")
        .annotate(waiting=Coalesce(of[DeliveryState.WAITING], 0), given_up=Coalesce(of[DeliveryState.GIVEN_UP], 0))
        .order_by("-id")
    )


def webhook_of(webhook_id: int) -> Webhook | None:
    return webhooks().filter(pk=webhook_id).first()


def deliveries(webhook_id: int, *, before: int | None) -> tuple[list[WebhookDelivery], int | None]:
    """A page, newest first, and the id that the next one starts below."""
    found = WebhookDelivery.objects.filter(webhook=webhook_id).order_by("-id")
    found = found if before is None else found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None
