"""Personal data are erased from rows, never exchanged for other ones, and what is erased is never sent."""

from allocations.domain.retention import ERASED
from allocations.triggers.trigger import Trigger

PERSONAL = ("title", "name", "email", "mobile", "remarks")
_EMPTY = " AND ".join(f"NEW.{column} = ''" for column in PERSONAL)
_SAME = " AND ".join(f"NEW.{column} = OLD.{column}" for column in ("batch_id", "number", "reference"))
# The one change that the payload of a frozen row may see.
ERASURE = (
    f"NEW.payload_hash = '{ERASED}' AND {_EMPTY} AND {_SAME} AND NOT (NEW.amount {{differs}} OLD.amount)"  # noqa: S608 - our own columns
    " AND EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = OLD.batch_id AND b.erased_at IS NOT NULL)"
)

RETENTION_TRIGGERS = (
    Trigger(
        "row_erased_stays",
        "allocations_row",
        "UPDATE",
        f"NEW.payload_hash <> '{ERASED}' OR NOT ({_EMPTY})"
        " OR (NEW.state <> OLD.state AND NEW.state IN ('pending', 'sending'))",
        "an erased row stays empty and is never sent",
        only_if=f"OLD.payload_hash = '{ERASED}'",
    ),
    Trigger(
        "batch_erased_stays",
        "allocations_batch",
        "UPDATE",
        "NEW.erased_at {differs} OLD.erased_at",
        "an erased batch stays erased",
        only_if="OLD.erased_at IS NOT NULL",
    ),
)
