"""What a person sees in full for a while because they said why."""

from collections.abc import Iterable
from datetime import datetime

from allocations.domain.policy import Actor, Role
from allocations.models import Reveal, Row

# The trail's event.
REVEALED = "personal data revealed"


def revealed_until(actor: Actor, row: Row, *, now: datetime) -> datetime | None:
    """None where it is not, no longer, or the actor lost the role."""
    return revealed(actor, [row], now=now).get(row.pk)


def revealed(actor: Actor, rows: Iterable[Row], *, now: datetime) -> dict[int, datetime]:
    """Of these rows those that the actor sees in full, and until when."""
    if Role.AUDITOR not in actor.roles:
        return {}
    held = Reveal.objects.filter(person_id=actor.id, row__in=[row.pk for row in rows], ends_at__gt=now)
    return dict(held.values_list("row_id", "ends_at"))
