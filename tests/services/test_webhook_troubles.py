"""Receivers and workers at their worst: nothing is tried for ever, nobody is held up, and no event takes another's id."""

import json
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.utils import timezone

from allocations import queue
from allocations.domain.webhooks import WAITS, Event
from allocations.gateway.webhooks import Said
from allocations.models import Installation, Webhook, WebhookDelivery
from allocations.services import sealing, webhook_deliveries, webhooks
from allocations.services.leases import installation
from tests.factories.people import actor
from tests.factories.receivers import receiver
from tests.services.test_webhooks import happen, sweep

pytestmark = pytest.mark.django_db(transaction=True)
URL = "http://127.0.0.1:9/x"


@pytest.fixture(autouse=True)
def bells(monkeypatch, settings) -> list[int]:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_webhook", rung.append)
    return rung


@pytest.fixture
def webhook() -> Webhook:
    return webhooks.add_webhook(actor("owner"), url=URL, events=tuple(Event))[0]


def collected(*, times: int = 1) -> None:
    happen(times=times)
    sealing.link_entries()
    webhook_deliveries.collect(now=timezone.now())


def test_delivery_whose_workers_all_died_is_given_up(webhook, monkeypatch) -> None:
    """Whatever it is that kills them, it does not for ever."""
    collected()
    sent = []

    def dies(*_: object, **__: object) -> Said:
        sent.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(webhook_deliveries, "post", dies)
    for _ in range(len(WAITS) + 3):
        WebhookDelivery.objects.filter(state="waiting").update(next_at=timezone.now())
        try:
            webhook_deliveries.deliver(webhook.pk)
        except KeyboardInterrupt:
            continue
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.next_at, len(sent)) == ("given_up", None, len(WAITS) + 1)
    assert delivery.said == "No try came to an end. The log of the workers says more."


def test_defect_of_ours_is_a_try_that_failed(webhook, monkeypatch) -> None:
    collected()
    monkeypatch.setattr(webhook_deliveries, "post", lambda *_, **__: 1 / 0)
    webhook_deliveries.deliver(webhook.pk)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.status) == ("waiting", 1, 0)
    assert delivery.said == "The portal failed: ZeroDivisionError. Its log says more."


def test_slow_receiver_lets_the_worker_go(webhook, monkeypatch, bells) -> None:
    """Lists wait in the same queue. The others come after whatever waits there."""
    collected(times=10)
    minutes = count()
    monkeypatch.setattr(webhook_deliveries, "monotonic", lambda: 14.0 * next(minutes))
    monkeypatch.setattr(webhook_deliveries, "post", lambda *_, **__: Said(200, "HTTP 200"))
    webhook_deliveries.deliver(webhook.pk)
    done = WebhookDelivery.objects.filter(state="delivered").count()
    assert (1 <= done <= 4, bells) == (True, [webhook.pk])


def test_event_keeps_its_id_in_a_restored_portal(webhook) -> None:
    """The same entry is the same event, whatever life of the database tells it."""
    installation()
    collected()
    (first,) = WebhookDelivery.objects.values_list("key", flat=True)
    WebhookDelivery.objects.all().delete()
    Webhook.objects.update(number=webhook.number)
    Installation.objects.update(instance_id=uuid4())
    webhook_deliveries.collect(now=timezone.now())
    assert list(WebhookDelivery.objects.values_list("key", flat=True)) == [first]


def test_other_entry_under_the_same_number_is_another_event() -> None:
    """A restored trail goes on with numbers that were told already: its receiver must not take them for known."""
    with receiver() as there:
        webhook, _ = webhooks.add_webhook(actor("owner"), url=there.url, events=tuple(Event))
        happen(times=2)
        sweep(webhook)
    one, two = (json.loads(body)["id"] for _, body in there.got)
    assert one.rpartition("-")[2].isdecimal()
    assert one.rpartition("-")[0] != two.rpartition("-")[0]


def test_webhook_removed_while_events_are_collected_gets_none(webhook, monkeypatch) -> None:
    happen()
    sealing.link_entries()
    listed = list(Webhook.objects.values_list("pk", flat=True))
    webhooks.remove_webhook(actor("owner"), webhook_id=webhook.pk)
    monkeypatch.setattr(webhook_deliveries, "_open_ids", lambda: listed)
    assert webhook_deliveries.collect(now=timezone.now()) == 0


def test_days_of_failing_are_as_long_as_is_said() -> None:
    assert timedelta(days=3) < sum(WAITS, timedelta()) < timedelta(days=4)
