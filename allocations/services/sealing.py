"""The trail's chain and its seals. The sweeper links and seals; nobody who writes an entry waits for that.

Linking a moment later gives nothing away: until a seal is signed, whoever may write to the database could also write
the chain anew. The seal is what binds, and the witnesses of it what proves.
"""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from allocations.domain.chain import GENESIS, SealText, instant, link, sha256
from allocations.gateway.trail_key import public_hex, sealing_key
from allocations.models import SweeperLease, TrailEntry, TrailSeal
from allocations.services.bulk import update_many
from allocations.services.leases import installation

_BLOCK = 1_000
# The trail of a finished run is sealed at once: that is what people look at.
_SEALED_AT_ONCE = ("run settle",)


def link_entries() -> int:
    """Gives every committed entry its place in the chain, in the order in which they were written; returns how many."""
    linked = 0
    while count := _link_block():
        linked += count
    return linked


def _link_block() -> int:
    with transaction.atomic(durable=True):
        _take_turns()
        waiting = TrailEntry.objects.filter(number__isnull=True).order_by("pk")
        entries = list(waiting.values_list("pk", "batch_id", "body")[:_BLOCK])
        number, previous = _end_of_chain()
        places = []
        for key, batch, body in entries:
            number += 1
            previous = link(number, previous, batch=batch, body=body)
            places.append((number, previous, key))
        update_many(TrailEntry, ("number", "link", "id"), places, among={})
    return len(entries)


def _take_turns() -> None:
    """Only one process at a time extends the chain."""
    SweeperLease.objects.get_or_create(pk=1)
    list(SweeperLease.objects.select_for_update(no_key=True).filter(pk=1))


def _end_of_chain() -> tuple[int, str]:
    last = TrailEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", "link").first()
    return (last[0] or 0, last[1]) if last else (0, GENESIS)


def seal_if_due(*, now: datetime) -> TrailSeal | None:
    """A seal over all linked entries, once enough of them came, one waits too long, or a run ended."""
    key = sealing_key()
    if key is None or not _is_due(now):
        return None
    with transaction.atomic(durable=True):
        _take_turns()
        return _seal(key, now=now) if _is_due(now) else None


def _seal(key: Ed25519PrivateKey, *, now: datetime) -> TrailSeal:
    former = TrailSeal.objects.last()
    size, head = _end_of_chain()
    text = SealText(
        installation=str(installation().instance_id),
        size=size,
        head=head,
        at=instant(now),
        previous=sha256(former.text) if former else GENESIS,
    ).canonical()
    return TrailSeal.objects.create(
        size=size,
        text=text,
        signature=key.sign(text.encode()).hex(),
        public_key=public_hex(key),
        sealed_at=now,
    )


def unsealed() -> QuerySet[TrailEntry]:
    """Linked entries that no seal covers yet, oldest first."""
    last = TrailSeal.objects.last()
    return TrailEntry.objects.filter(number__gt=last.size if last else 0).order_by("number")


def _is_due(now: datetime) -> bool:
    waiting = unsealed()
    oldest = waiting.values_list("at", flat=True).first()
    if oldest is None:
        return False
    return (
        oldest <= now - timedelta(seconds=settings.TRAIL_SEAL_SECONDS)
        or waiting.filter(event__in=_SEALED_AT_ONCE).exists()
        or waiting[settings.TRAIL_SEAL_ENTRIES - 1 :].exists()
    )
