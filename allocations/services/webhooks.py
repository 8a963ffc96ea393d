"""Webhooks as owners look after them: made, paused, given a new secret, tried, removed."""

from collections.abc import Collection
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from allocations.domain import webhooks as rules
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.webhooks import MOST_WEBHOOKS, ROTATES_IN, Event
from allocations.gateway import database_now, secrets
from allocations.models import TrailEntry, Webhook, WebhookDelivery
from allocations.models.webhooks import DeliveryState
from allocations.services import trail, webhook_deliveries

_PREFIX = "whs_"


def add_webhook(actor: Actor, *, url: str, events: Collection[Event]) -> tuple[Webhook, str]:
    """Told of whatever happens from now on. The secret is returned once."""
    rules.check_manage(actor)
    now = database_now()
    check_known(actor, now=now)
    address = rules.checked_url(url, private=settings.WEBHOOK_PRIVATE_ADDRESSES)
    rules.check_events(events)
    secret = _new_secret()
    with transaction.atomic(durable=True):
        if Webhook.objects.filter(removed_at=None).count() >= MOST_WEBHOOKS:
            raise InvalidInput(f"There are {MOST_WEBHOOKS} webhooks. Remove one that is needed no more.")
        webhook = Webhook.objects.create(
            url=address,
            events=sorted(events),
            secret=secrets.encrypt(secret.encode()),
            made_by_id=actor.id,
            made_at=now,
            number=TrailEntry.objects.aggregate(end=Max("number"))["end"] or 0,
        )
        # What follows the host is often a secret of the receiver, and the trail is for ever and for outsiders.
        _note("webhook made", webhook, actor, host=urlsplit(address).netloc, events=webhook.events)
    return webhook, secret


def rotate_secret(actor: Actor, *, webhook_id: int) -> tuple[Webhook, str]:
    """The former one signs too for a day, so that the receiver can change over. The new one is returned once."""
    now = database_now()
    secret = _new_secret()
    with transaction.atomic(durable=True):
        webhook = _locked(actor, webhook_id)
        check_known(actor, now=now)
        webhook.former_secret, webhook.former_until = webhook.secret, now + ROTATES_IN
        webhook.secret = secrets.encrypt(secret.encode())
        webhook.save(update_fields=["secret", "former_secret", "former_until"])
        _note("webhook secret changed", webhook, actor)
    return webhook, secret


def pause_webhook(actor: Actor, *, webhook_id: int) -> None:
    """Nothing is sent; what happens meanwhile is told when it goes on."""
    with transaction.atomic(durable=True):
        webhook = _locked(actor, webhook_id)
        if webhook.paused_at is None:
            webhook.paused_at = database_now()
            webhook.save(update_fields=["paused_at"])
            _note("webhook paused", webhook, actor)


def resume_webhook(actor: Actor, *, webhook_id: int) -> None:
    with transaction.atomic(durable=True):
        webhook = _locked(actor, webhook_id)
        if webhook.paused_at is not None:
            webhook.paused_at = None
            webhook.save(update_fields=["paused_at"])
            _note("webhook resumed", webhook, actor)


def remove_webhook(actor: Actor, *, webhook_id: int) -> None:
    """For good. What was still to be sent to it is not."""
    now = database_now()
    with transaction.atomic(durable=True):
        webhook = _locked(actor, webhook_id)
        webhook.removed_at = now
        webhook.save(update_fields=["removed_at"])
        waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
        dropped = waiting.update(state=DeliveryState.GIVEN_UP, next_at=None, said="The webhook was removed.")
        _note("webhook removed", webhook, actor, dropped=dropped)


def try_webhook(actor: Actor, *, webhook_id: int) -> WebhookDelivery:
    """Sends an event that says nothing, now."""
    with transaction.atomic(durable=True):
        webhook = _locked(actor, webhook_id)
        if webhook.paused_at:
            raise StateConflict("The webhook is paused. Let it go on first.")
        return webhook_deliveries.add_test(webhook, now=database_now())


def send_again(actor: Actor, *, delivery_id: int) -> int:
    """One that arrived or was given up, as the same event. Returns its webhook's number."""
    with transaction.atomic(durable=True):
        delivery = WebhookDelivery.objects.filter(pk=delivery_id).first()
        if delivery is None:
            raise InvalidInput(f"There is no delivery {delivery_id}.")
        webhook = _locked(actor, delivery.webhook_id)
        if delivery.state == DeliveryState.WAITING:
            raise StateConflict("It is on its way already.")
        webhook_deliveries.restart(webhook, delivery, now=database_now())
        _note("webhook event sent again", webhook, actor, sent=delivery.key)
    return webhook.pk


def _locked(actor: Actor, webhook_id: int) -> Webhook:
    rules.check_manage(actor)
    webhook = Webhook.objects.select_for_update().filter(pk=webhook_id, removed_at=None).first()
    if webhook is None:
        raise InvalidInput(f"There is no webhook {webhook_id}.")
    return webhook


def _new_secret() -> str:
    return _PREFIX + token_urlsafe(32)


def _note(event: str, webhook: Webhook, actor: Actor, **data: object) -> None:
    trail.write_entry(
        event, at=database_now(), object_type="webhook", object_id=webhook.pk, batch_id=None, actor=actor, **data
    )
