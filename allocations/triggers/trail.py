"""The trail and its seals are only ever added to."""

from allocations.triggers.trigger import Trigger

_ENTRY_CHANGED = "OLD.number IS NOT NULL OR NEW.number IS NULL OR " + " OR ".join(
    f"NEW.{column} {{differs}} OLD.{column}"
    for column in ("id", "at", "actor_id", "event", "batch_id", "object_type", "object_id", "data", "body")
)
_SEAL_CHANGED = "OLD.published_at IS NOT NULL OR " + " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("id", "size", "text", "signature", "public_key", "sealed_at")
)

TRAIL_TRIGGERS = (
    # Only its place in the chain is written later, once.
    Trigger(
        "trail_no_update",
        "allocations_trailentry",
        "UPDATE",
        _ENTRY_CHANGED,
        "the trail is append-only",
    ),
    Trigger("trail_no_delete", "allocations_trailentry", "DELETE", "1 = 1", "the trail is append-only"),
    # SQLite's REPLACE deletes without firing delete triggers.
    Trigger(
        "trail_no_replace",
        "allocations_trailentry",
        "INSERT",
        "EXISTS (SELECT 1 FROM allocations_trailentry t WHERE t.id = NEW.id)",
        "the trail is append-only",
    ),
    Trigger(
        "seal_no_update",
        "allocations_trailseal",
        "UPDATE",
        _SEAL_CHANGED,
        "a seal is never changed",
    ),
    Trigger("seal_no_delete", "allocations_trailseal", "DELETE", "1 = 1", "a seal is never deleted"),
    Trigger(
        "seal_no_replace",
        "allocations_trailseal",
        "INSERT",
        "EXISTS (SELECT 1 FROM allocations_trailseal s WHERE s.id = NEW.id OR s.size >= NEW.size)",
        "a seal is never replaced",
    ),
)
