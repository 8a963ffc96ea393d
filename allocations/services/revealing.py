"""Showing one row in full, for a while, to somebody who sees it masked and says why."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from allocations.domain.errors import InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.revealing import COUNTS_FOR, LASTS, check_may_reveal, check_not_too_many, check_reason
from allocations.gateway import database_now
from allocations.models import Reveal, Row, TrailEntry
from allocations.selectors.approvals import facts_of
from allocations.selectors.reveals import REVEALED
from allocations.services import trail


def reveal_row(actor: Actor, *, batch_id: int, number: int, cause: str, words: str) -> None:
    """Asked twice within its time it is one reveal. `cause`: a domain.revealing.Cause.

    Raises NotAllowed without the role or without having shown who it is, InvalidInput for a reason that cannot stay in
    the trail, StateConflict where nothing is masked or too much was revealed.
    """
    with transaction.atomic():
        # One reveal of a person at a time, so that two at once count as two.
        User.objects.select_for_update(no_key=True).get(pk=actor.id)
        row = Row.objects.select_related("batch").filter(batch_id=batch_id, number=number).first()
        if row is None:
            raise InvalidInput(f"Batch {batch_id} has no row {number}.")
        check_may_reveal(actor, facts_of(row.batch))
        why = check_reason(cause, words, name=row.name)
        now = database_now()
        check_known(actor, now=now)
        if Reveal.objects.filter(person_id=actor.id, row=row, ends_at__gt=now).exists():
            return
        made = TrailEntry.objects.filter(event=REVEALED, actor_id=actor.id, at__gt=now - COUNTS_FOR).count()
        check_not_too_many(made, most=settings.REVEALS_PER_HOUR)
        Reveal.objects.update_or_create(
            person_id=actor.id, row=row, defaults={"batch": row.batch, "revealed_at": now, "ends_at": now + LASTS}
        )
        trail.write_entry(
            REVEALED,
            at=now,
            object_type="row",
            object_id=row.pk,
            batch_id=batch_id,
            actor=actor,
            row=number,
            reference=row.reference,
            cause=why,
            reason=words.strip(),
            minutes=int(LASTS.total_seconds()) // 60,
        )
