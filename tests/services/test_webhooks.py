"""From the trail to a receiver: everything once under one id, however long they are away."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from allocations import queue
from allocations.actors import actor_of
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.webhooks import WAITS, Event
from allocations.gateway import secrets
from allocations.models import TrailEntry, Webhook, WebhookDelivery
from allocations.services import sealing, submission, trail, webhook_deliveries, webhooks
from tests.at_once import together
from tests.factories.batches import approved_batch, review_batch
from tests.factories.people import actor, known, person
from tests.factories.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bells(monkeypatch, settings) -> list[int]:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_webhook", rung.append)
    return rung


@pytest.fixture
def owner():
    return actor("owner")


def hook(owner, url: str, *events: Event) -> tuple[Webhook, str]:
    return webhooks.add_webhook(owner, url=url, events=events or tuple(Event))


def happen(*, times: int = 1) -> list[int]:
    """Batches that were submitted; their numbers."""
    made = []
    for _ in range(times):
        batch = review_batch(ready=1)
        submission.submit_batch(known(batch.uploaded_by), batch_id=batch.pk)
        made.append(batch.pk)
    return made


def sweep(webhook: Webhook, *, later: timedelta = timedelta()) -> None:
    """What sweeper and worker do; `later`: as if so much time had passed since the last try."""
    if later:
        now = timezone.now()
        WebhookDelivery.objects.filter(state="waiting").update(next_at=now)
        Webhook.objects.update(quiet_until=None)
    sealing.link_entries()
    webhook_deliveries.collect(now=timezone.now())
    webhook_deliveries.deliver(webhook.pk)


def told(there: Receiver) -> list[dict[str, object]]:
    return [json.loads(body) for _, body in there.got]


def test_events_are_told_with_ids_and_totals_and_nothing_personal(owner) -> None:
    with receiver() as there:
        webhook, secret = hook(owner, there.url)
        (number,) = happen()
        sweep(webhook)
    ((headers, body),) = there.got
    said = json.loads(body)
    entry = TrailEntry.objects.get(event="batch submitted")
    assert (said["type"], said["at"], said["batch"]["id"], said["batch"]["digest"]) == (
        "batch.submitted",
        entry.at.isoformat(),
        number,
        entry.data["digest"],
    )
    assert set(said) == {"id", "type", "at", "portal", "batch"}
    assert set(said["batch"]) == {"id", "version", "digest", "rows", "points"}
    assert (headers["Portal-Event"], headers["Portal-Event-Id"]) == ("batch.submitted", said["id"])
    moment = headers["Portal-Signature"].split(",")[0].removeprefix("t=")
    expected = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Portal-Signature"] == f"t={moment},v1={expected}"


def test_run_is_told_with_its_outcome(owner) -> None:
    with receiver() as there:
        webhook, _ = hook(owner, there.url, Event.SETTLED)
        run = approved_batch(credited=2, failed=1).runs.get()
        with transaction.atomic():
            trail.write_entry(
                "run settle", at=timezone.now(), object_type="run", object_id=run.pk, batch_id=run.batch_id, why=""
            )
        sweep(webhook)
    (said,) = told(there)
    assert (said["type"], said["run"]["id"], said["run"]["rows"]["credited"]) == ("run.settled", run.pk, 2)


def test_only_what_happens_from_then_on_and_what_was_chosen(owner) -> None:
    happen()
    sealing.link_entries()
    with receiver() as there:
        webhook, _ = hook(owner, there.url, Event.APPROVED)
        happen()
        sweep(webhook)
    assert told(there) == []


def test_receiver_that_is_down_for_an_hour_misses_nothing(owner) -> None:
    with receiver() as there:
        port = int(there.url.split(":")[2].split("/")[0])
        webhook, _ = hook(owner, there.url)
        there.status = 503
        numbers = happen(times=2)
        sweep(webhook)
        assert len(there.got) == 1, "after one that failed the others wait"
        first = told(there)[0]["id"]
    # Nobody listens at all.
    numbers += happen(times=2)
    for _ in range(4):
        sweep(webhook, later=timedelta(minutes=15))
    with receiver(port) as again:
        sweep(webhook, later=timedelta(minutes=15))
        sweep(webhook)
    assert [one["batch"]["id"] for one in told(again)] == numbers
    assert told(again)[0]["id"] == first
    assert len({one["id"] for one in told(again)}) == 4
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_answer_that_is_lost_comes_again_under_the_same_id(owner, monkeypatch) -> None:
    """The worker dies after the receiver took it."""
    with receiver() as there:
        webhook, _ = hook(owner, there.url)
        happen()
        monkeypatch.setattr(webhook_deliveries, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sweep(webhook)
        monkeypatch.undo()
        monkeypatch.setattr(queue, "ring_webhook", lambda _: None)
        webhook_deliveries.deliver(webhook.pk)
        assert len(there.got) == 1, "its lease keeps it"
        sweep(webhook, later=timedelta(minutes=3))
    assert len(there.got) == 2
    assert told(there)[0] == told(there)[1]


def test_one_that_fails_for_days_is_given_up_and_can_be_sent_again(owner) -> None:
    with receiver() as there:
        there.status = 500
        webhook, _ = hook(owner, there.url)
        happen()
        sweep(webhook)
        for _ in WAITS:
            sweep(webhook, later=timedelta(days=1))
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.tries, delivery.status) == ("given_up", len(WAITS) + 1, 500)
        sweep(webhook, later=timedelta(days=1))
        assert len(there.got) == len(WAITS) + 1
        there.status = 200
        webhooks.send_again(owner, delivery_id=delivery.pk)
        webhook_deliveries.deliver(webhook.pk)
    delivery.refresh_from_db()
    assert (delivery.state, len({body for _, body in there.got})) == ("delivered", 1)
    assert TrailEntry.objects.get(event="webhook event sent again").data["sent"] == delivery.key


def test_two_workers_send_nothing_twice(owner) -> None:
    with receiver() as there:
        webhook, _ = hook(owner, there.url)
        happen(times=6)
        sealing.link_entries()
        webhook_deliveries.collect(now=timezone.now())
        together(*[lambda: webhook_deliveries.deliver(webhook.pk)] * 3)
    assert len(there.got) == len({one["id"] for one in told(there)}) == 6


def test_collecting_twice_makes_one_delivery(owner) -> None:
    webhook, _ = hook(owner, "http://127.0.0.1:9/x")
    happen()
    sealing.link_entries()
    before = webhook.number
    assert webhook_deliveries.collect(now=timezone.now()) == 1
    Webhook.objects.update(number=before)
    webhook_deliveries.collect(now=timezone.now())
    assert WebhookDelivery.objects.count() == 1


def test_paused_one_is_told_afterwards(owner) -> None:
    with receiver() as there:
        webhook, _ = hook(owner, there.url)
        webhooks.pause_webhook(owner, webhook_id=webhook.pk)
        happen()
        sweep(webhook)
        assert there.got == []
        with pytest.raises(StateConflict, match="paused"):
            webhooks.try_webhook(owner, webhook_id=webhook.pk)
        webhooks.resume_webhook(owner, webhook_id=webhook.pk)
        sweep(webhook)
    assert len(there.got) == 1


def test_removed_one_is_told_nothing_more(owner) -> None:
    with receiver() as there:
        webhook, _ = hook(owner, there.url)
        happen()
        sealing.link_entries()
        webhook_deliveries.collect(now=timezone.now())
        webhooks.remove_webhook(owner, webhook_id=webhook.pk)
        sweep(webhook, later=timedelta(days=1))
    assert there.got == []
    with pytest.raises(InvalidInput):
        webhooks.try_webhook(owner, webhook_id=webhook.pk)


def test_test_is_sent_at_once_and_once(owner, bells) -> None:
    with receiver() as there:
        there.status = 500
        webhook, _ = hook(owner, there.url)
        webhooks.try_webhook(owner, webhook_id=webhook.pk)
        assert bells == [webhook.pk]
        webhook_deliveries.deliver(webhook.pk)
    assert (told(there)[0]["type"], WebhookDelivery.objects.get().state) == ("test", "given_up")


def test_former_secret_signs_for_a_day(owner) -> None:
    with receiver() as there:
        webhook, old = hook(owner, there.url)
        _, new = webhooks.rotate_secret(owner, webhook_id=webhook.pk)
        happen(times=1)
        sweep(webhook)
        Webhook.objects.update(former_until=timezone.now())
        happen(times=1)
        sweep(webhook)
    counts = [headers["Portal-Signature"].count("v1=") for headers, _ in there.got]
    assert (counts, old != new) == ([2, 1], True)


def test_secrets_are_encrypted_where_they_are_stored(owner) -> None:
    webhook, secret = hook(owner, "https://hr.example.com/x")
    stored = bytes(Webhook.objects.get().secret)
    assert (secret.encode() in stored, secrets.decrypt(stored).decode()) == (False, secret)
    assert secret not in "".join(TrailEntry.objects.values_list("body", flat=True))
    Webhook.objects.update(secret=b"of another key")
    happen()
    sweep(webhook)
    assert "DATA_KEY" in WebhookDelivery.objects.get().said


def test_trail_tells_where_to_and_no_secret_of_the_receiver(owner) -> None:
    hook(owner, "https://hooks.example.com:8443/T0/B1/s3cr3t?key=s3cr3t")
    entry = TrailEntry.objects.get(event="webhook made")
    assert (entry.data["host"], "s3cr3t" in entry.body) == ("hooks.example.com:8443", False)


def test_only_owners_who_have_shown_who_they_are(owner) -> None:
    webhook, _ = hook(owner, "https://hr.example.com/x")
    admin = actor("admin", "approver", "auditor")
    for act in (
        webhooks.pause_webhook,
        webhooks.resume_webhook,
        webhooks.remove_webhook,
        webhooks.try_webhook,
        webhooks.rotate_secret,
    ):
        with pytest.raises(NotAllowed):
            act(admin, webhook_id=webhook.pk)
    with pytest.raises(NotAllowed):
        hook(admin, "https://hr.example.com/y")
    stale = actor_of(person("owner"))
    with pytest.raises(StepUpNeeded):
        hook(stale, "https://hr.example.com/y")
    with pytest.raises(StepUpNeeded):
        webhooks.rotate_secret(stale, webhook_id=webhook.pk)


def test_old_deliveries_are_forgotten(owner) -> None:
    webhook, _ = hook(owner, "http://127.0.0.1:9/x")
    happen(times=2)
    sealing.link_entries()
    webhook_deliveries.collect(now=timezone.now())
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.earliest("pk").pk).update(state="delivered", next_at=None)
    webhook_deliveries.forget_old(now=timezone.now() + timedelta(days=31))
    assert list(WebhookDelivery.objects.values_list("state", flat=True)) == ["waiting"]
    assert webhook.deliveries.count() == 1


def test_sweeper_rings_for_what_is_due(owner, bells) -> None:
    webhook, _ = hook(owner, "http://127.0.0.1:9/x")
    happen()
    sealing.link_entries()
    webhook_deliveries.collect(now=timezone.now())
    webhook_deliveries.ring_due(now=timezone.now())
    assert bells == [webhook.pk]
    webhook_deliveries.deliver(webhook.pk)
    webhook_deliveries.ring_due(now=timezone.now())
    assert bells == [webhook.pk]
    webhook_deliveries.ring_due(now=timezone.now() + timedelta(minutes=2))
    assert bells == [webhook.pk, webhook.pk]
