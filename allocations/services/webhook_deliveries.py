"""Events on their way to webhooks. The trail is the outbox, as it is that of notices (ADR 0011).

An event is sent at least once: who receives it knows it by its id. Each is tried for days, each try is claimed, and a
try whose end nobody saw is made again. Where one fails, the others to that address wait too.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Max, Q, QuerySet
from rq.timeouts import BaseTimeoutException

from allocations import queue
from allocations.domain.webhooks import EVENT_OF, TEST, WAITS, next_try, signature
from allocations.gateway import database_now, secrets
from allocations.gateway.webhooks import Said, post
from allocations.models import Batch, Run, TrailEntry, Webhook, WebhookDelivery
from allocations.models.webhooks import DeliveryState
from allocations.selectors.totals import ROW_COUNTERS, run_totals

logger = logging.getLogger(__name__)

# Longer than a try can take.
_LEASE = timedelta(minutes=2)
_KEPT = timedelta(days=30)
# Seconds. Then whatever waits in the queue has its turn, lists above all, however slow the receiver is.
_LONGEST_TURN = 30.0
# Other workers that may take the oldest ones at the same moment.
_RIVALS = 10
_LONGEST_QUIET = timedelta(minutes=15)
_NO_END = "No try came to an end. The log of the workers says more."
_NO_KEY = "The webhook's secret cannot be read: DATA_KEY has no key for it. Give the webhook a new secret."


def collect(*, now: datetime) -> int:
    """Makes deliveries of what the trail got since the last time; how many."""
    made = 0
    for webhook_id in _open_ids():
        with transaction.atomic(durable=True):
            webhook = Webhook.objects.select_for_update().filter(pk=webhook_id, removed_at=None).first()
            end = TrailEntry.objects.aggregate(end=Max("number"))["end"] or 0
            if webhook is None or end <= webhook.number:
                continue
            told = list(_deliveries(webhook, to=end, now=now))
            WebhookDelivery.objects.bulk_create(told, ignore_conflicts=True)
            Webhook.objects.filter(pk=webhook_id).update(number=end)
            made += len(told)
    return made


def _open_ids() -> list[int]:
    return list(Webhook.objects.filter(removed_at=None, paused_at=None).values_list("pk", flat=True))


def ring_due(*, now: datetime) -> None:
    """Rings for webhooks to which something is to be sent now."""
    due = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now).values("webhook")
    for webhook_id in _listening(now).filter(pk__in=due).values_list("pk", flat=True):
        queue.ring_webhook(webhook_id)


def forget_old(*, now: datetime) -> None:
    WebhookDelivery.objects.filter(made_at__lte=now - _KEPT).exclude(state=DeliveryState.WAITING).delete()


def deliver(webhook_id: int) -> None:
    """Sends what is due, the oldest first, until one fails. Whoever else was rung for it takes other ones or none."""
    began = monotonic()
    while monotonic() - began < _LONGEST_TURN:
        delivery = _claim(webhook_id)
        if delivery is None:
            return
        said = _tried(delivery)
        if not _settle(delivery, said):
            return
    queue.ring_webhook(webhook_id)


def add_test(webhook: Webhook, *, now: datetime) -> WebhookDelivery:
    """In the caller's transaction."""
    body = {"id": f"test-{webhook.pk}-{int(now.timestamp() * 1000)}", "type": TEST, "at": now.isoformat(), **_portal()}
    delivery = WebhookDelivery(webhook=webhook, key=body["id"], event=TEST, body=json.dumps(body), made_at=now)
    restart(webhook, delivery, now=now)
    return delivery


def restart(webhook: Webhook, delivery: WebhookDelivery, *, now: datetime) -> None:
    """In the caller's transaction: somebody waits for it."""
    delivery.state, delivery.tries, delivery.next_at = DeliveryState.WAITING, 0, now
    delivery.save()
    Webhook.objects.filter(pk=webhook.pk).update(quiet_until=None)
    queue.ring_webhook(webhook.pk)


def _listening(now: datetime) -> QuerySet[Webhook]:
    loud = Q(quiet_until=None) | Q(quiet_until__lte=now)
    return Webhook.objects.filter(loud, removed_at=None, paused_at=None)


def _claim(webhook_id: int) -> WebhookDelivery | None:
    """The oldest that is due, for one try; the lease keeps it from everybody else meanwhile."""
    now = database_now()
    if not _listening(now).filter(pk=webhook_id).exists():
        return None
    due = WebhookDelivery.objects.filter(webhook=webhook_id, state=DeliveryState.WAITING, next_at__lte=now)
    # Tried as often as any, and nobody lived to tell how it went.
    due.filter(tries__gt=len(WAITS)).update(state=DeliveryState.GIVEN_UP, next_at=None, status=0, said=_NO_END)
    for found in due.order_by("next_at", "pk")[:_RIVALS]:
        mine = due.filter(pk=found.pk, tries=found.tries)
        if mine.update(next_at=now + _LEASE, tries=F("tries") + 1, tried_at=now):
            return WebhookDelivery.objects.select_related("webhook").get(pk=found.pk)
    return None


def _deliveries(webhook: Webhook, *, to: int, now: datetime) -> Iterable[WebhookDelivery]:
    wanted = [event for event, told in EVENT_OF.items() if told in webhook.events]
    entries = TrailEntry.objects.filter(
        number__gt=webhook.number, number__lte=to, event__in=wanted, batch__isnull=False
    )
    for entry in entries.select_related("batch").order_by("number"):
        # Of the entry and all before it: a restored trail has the same for what it still knows, and for nothing else.
        key = f"{entry.link[:32]}-{entry.number}"
        event = EVENT_OF[entry.event]
        body = {"id": key, "type": event, "at": entry.at.isoformat(), **_portal(), **_facts(entry)}
        yield WebhookDelivery(webhook=webhook, key=key, event=event, body=json.dumps(body), made_at=now, next_at=now)


def _portal() -> dict[str, str]:
    return {"portal": settings.PORTAL_URL.rstrip("/")}


def _facts(entry: TrailEntry) -> dict[str, Any]:
    """Ids and totals: nobody's name, no purpose, no reason that people wrote."""
    batch = entry.batch
    if batch is None:
        return {}
    facts: dict[str, Any] = {"batch": _batch(batch, entry)}
    if entry.object_type == "run" and (run := Run.objects.select_related("batch").filter(pk=entry.object_id).first()):
        facts["run"] = {"id": run.pk, "generation": run.generation, "why": str(entry.data.get("why") or "")}
        totals = run_totals(run)
        facts["run"]["rows"] = {name: getattr(totals, name) for name in ROW_COUNTERS}
        facts["run"]["credited_points"] = str(totals.credited_points)
    return facts


def _batch(batch: Batch, entry: TrailEntry) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "version": entry.data.get("version", batch.version),
        "digest": entry.data.get("digest", batch.digest),
        "rows": batch.row_count - batch.left_out_count,
        "points": batch.points_total,
    }


def _tried(delivery: WebhookDelivery) -> Said:
    """A defect of ours is a try that failed: it must not hold up the others for ever."""
    try:
        return _send(delivery)
    except (BaseTimeoutException, DatabaseError):
        raise
    except Exception as error:
        logger.exception("a webhook could not be told: delivery %s", delivery.pk)
        return Said(0, f"The portal failed: {type(error).__name__}. Its log says more.")


def _send(delivery: WebhookDelivery) -> Said:
    webhook, body, now = delivery.webhook, delivery.body.encode(), database_now()
    try:
        known = [secrets.decrypt(webhook.secret).decode()]
        if webhook.former_secret and webhook.former_until and now < webhook.former_until:
            known.append(secrets.decrypt(webhook.former_secret).decode())
    except InvalidToken:
        return Said(0, _NO_KEY)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "rewards-portal",
        "Portal-Event": delivery.event,
        "Portal-Event-Id": delivery.key,
        "Portal-Signature": signature(body, secrets=known, at=now),
    }
    return post(webhook.url, headers=headers, body=body)


def _settle(delivery: WebhookDelivery, said: Said) -> bool:
    """Whether it arrived."""
    now = database_now()
    # A test is for somebody who looks on.
    again = None if said.is_good or delivery.event == TEST else next_try(delivery.tries, now=now)
    state = DeliveryState.DELIVERED if said.is_good else DeliveryState.WAITING if again else DeliveryState.GIVEN_UP
    # Somebody may have had it sent again, or removed the webhook, while it was on its way.
    own = WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, tries=delivery.tries)
    own.update(state=state, next_at=again, status=said.status, said=said.text)
    if again:
        Webhook.objects.filter(pk=delivery.webhook_id).update(quiet_until=min(again, now + _LONGEST_QUIET))
    return said.is_good
