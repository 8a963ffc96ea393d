"""Webhooks and deliveries in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.models import WebhookDelivery
from allocations.models.webhooks import DeliveryState
from allocations.presenters.numbers import counted
from allocations.presenters.statuses import Status

_STATES = {
    DeliveryState.WAITING: Status(gettext_noop("waits")),
    DeliveryState.DELIVERED: Status(gettext_noop("delivered")),
    DeliveryState.GIVEN_UP: Status(gettext_noop("given up")),
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
    waiting = _("%(events)s waiting") % {"events": counted(webhook.waiting, "event")} if webhook.waiting else ""
    given_up = _("%(events)s given up") % {"events": counted(webhook.given_up, "event")} if webhook.given_up else ""
    return WebhookLine(
        webhook=webhook,
        state=Status(gettext_noop("paused") if webhook.paused_at else gettext_noop("listens")),
        events=", ".join(webhook.events),
        open=", ".join(one for one in (waiting, given_up) if one) or _("nothing"),
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
        return _("not tried yet")
    said = delivery.said or _("no answer")
    if delivery.tries < 2:
        return said
    return _("%(said)s after %(tries)s") % {"said": said, "tries": counted(delivery.tries, "try", "tries")}
