"""The trail: one entry for every state change, written in the change's own transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction

from allocations.domain import chain
from allocations.domain.policy import Actor
from allocations.models import TrailEntry


def write_entry(
    event: str,
    *,
    at: datetime,
    object_type: str,
    object_id: int,
    batch_id: int | None = None,
    actor: Actor | None = None,
    **data: Any,
) -> TrailEntry:
    """`actor` None: the portal itself. `data` holds ids, counts, hashes and sentences, never a recipient's details, and
    no floats."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A trail entry belongs into the transaction of the change it tells of.")
    if actor and actor.token_id:
        data["api_token"] = actor.token_id
    return TrailEntry.objects.create(
        event=event,
        at=at,
        object_type=object_type,
        object_id=object_id,
        batch_id=batch_id,
        actor_id=actor.id if actor else None,
        data=data,
        body=chain.canonical(
            {
                "v": chain.ENTRY_VERSION,
                "at": chain.instant(at),
                "actor": {"id": actor.id, "roles": sorted(actor.roles)} if actor else None,
                "event": event,
                "object": {"type": object_type, "id": object_id},
                "batch": batch_id,
                "data": data,
            }
        ),
    )
