"""Warnings let go with a reason, cause by cause, before a list is submitted."""

from datetime import datetime

from django.db import transaction

from allocations.domain import accepting
from allocations.domain.accepting import Accepted, Found
from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor
from allocations.domain.states import BatchState
from allocations.gateway import database_now
from allocations.models import Acceptance, Batch
from allocations.selectors.accepting import acceptances, covered, warning_of, warnings_of
from allocations.services import trail
from allocations.services.batches import batch_of_maker

_CHANGED = "Somebody accepted this or took it back meanwhile. Look at the list again."


def accept_warnings(
    actor: Actor, *, batch_id: int, shown: Found, reason: str, instead_of: int | None = None
) -> Acceptance:
    """`shown`: the cause as the page had it; `instead_of`: the acceptance that the page had there, which goes.

    Anything else by now is a conflict. The same words of the same person again are a double click.
    """
    now = database_now()
    words = accepting.checked_reason(reason)
    with transaction.atomic():
        batch = _reviewed(actor, batch_id)
        accepting.check_shown(warning_of(batch_id, shown.code), shown)
        before = Acceptance.objects.filter(batch=batch, code=shown.code).first()
        if before and (before.accepted_by_id, before.reason, before.newest) == (actor.id, words, shown.newest):
            return before
        if (before and before.pk) != instead_of:
            raise StateConflict(_CHANGED)
        if before:
            before.delete()
        _show_change(batch)
        return accept(actor, batch, shown, words, now=now)


def accept(actor: Actor, batch: Batch, found: Found, reason: str, *, now: datetime) -> Acceptance:
    """In the caller's transaction."""
    trail.write_entry(
        "warnings accepted",
        at=now,
        object_type="batch",
        object_id=batch.pk,
        batch_id=batch.pk,
        actor=actor,
        code=found.code,
        rows=found.rows,
        reason=reason,
    )
    return Acceptance.objects.create(
        batch=batch,
        code=found.code,
        rows=found.rows,
        newest=found.newest,
        reason=reason,
        accepted_by_id=actor.id,
        accepted_at=now,
    )


def take_back_acceptance(actor: Actor, *, batch_id: int, acceptance_id: int) -> None:
    """Undoes accepting: the cause keeps the list from being submitted again."""
    now = database_now()
    with transaction.atomic():
        batch = _reviewed(actor, batch_id)
        given = Acceptance.objects.filter(batch=batch, pk=acceptance_id).first()
        if given is None:
            raise StateConflict(_CHANGED)
        given.delete()
        _show_change(batch)
        trail.write_entry(
            "acceptance taken back",
            at=now,
            object_type="batch",
            object_id=batch.pk,
            batch_id=batch.pk,
            actor=actor,
            code=given.code,
            rows=given.rows,
        )


def settle_warnings(batch: Batch) -> tuple[Accepted, ...]:
    """In the transaction of the submission. Raises InvalidInput where a warning is not accepted.

    From here on the acceptances are what the approver signs: those of rows that are sent, and of no other.
    """
    given = {code: one for code, acceptance in acceptances(batch.pk).items() if (one := covered(acceptance))}
    settled = accepting.accepted(warnings_of(batch.pk), given)
    Acceptance.objects.filter(batch=batch).exclude(code__in=[one.code for one in settled]).delete()
    for cause in settled:
        Acceptance.objects.filter(batch=batch, code=cause.code).exclude(rows=cause.rows).update(rows=cause.rows)
    return settled


def _show_change(batch: Batch) -> None:
    """Whoever read the batch before has not seen this."""
    batch.save(update_fields=["changed_at"])


def _reviewed(actor: Actor, batch_id: int) -> Batch:
    batch = batch_of_maker(actor, batch_id)
    if batch.state != BatchState.REVIEW:
        raise StateConflict("The list is not read yet, so there is nothing to accept. Wait until it can be reviewed.")
    return batch
