"""Webhooks and deliveries in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allocations.models import WebhookDelivery
from allocations.models.webhooks import DeliveryState
from allocations.presenters.numbers import counted
from allocations.presenters.statuses import Status

_STATES = {
    DeliveryState.WAITING: Status("waits"),
    DeliveryState.DELIVERED: Status("delivered"),
    DeliveryState.GIVEN_UP: Status("given up"),
}


@dataclass(frozen=True, slots=True)
class WebhookLine:
    webhook: Any
    state: Status
    events: str
    open: str


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    delivery: WebhookDelivery
    state: Status
    said: str
    can_send: bool


def webhook_line(webhook: Any) -> WebhookLine:  # noqa: ANN401 - a Webhook with counters of its selector
    waiting = counted(webhook.waiting, "event") + " waiting" if webhook.waiting else ""
    given_up = counted(webhook.given_up, "event") + " given up" if webhook.given_up else ""
    return WebhookLine(
        webhook=webhook,
        state=Status("paused" if webhook.paused_at else "listens"),
        events=", ".join(webhook.events),
        open=", ".join(one for one in (waiting, given_up) if one) or "nothing",
    )


def delivery_lines(deliveries: Iterable[WebhookDelivery], *, may_send: bool) -> list[DeliveryLine]:
    return [
        DeliveryLine(
            delivery=one,
            state=_STATES[DeliveryState(one.state)],
            said=_said(one),
            can_send=may_send and one.state != DeliveryState.WAITING,
        )
        for one in deliveries
    ]


def _said(delivery: WebhookDelivery) -> str:
    if not delivery.tries and not delivery.said:
        return "not tried yet"
    tries = f" after {counted(delivery.tries, 'try', 'tries')}" if delivery.tries > 1 else ""
    return f"{delivery.said or 'no answer'}{tries}"
