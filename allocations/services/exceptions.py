"""Who looks after rows that wait for people, and who opened the evidence about them."""

import hashlib
from collections.abc import Sequence

from django.db import transaction

from allocations.domain import decisions
from allocations.domain.decisions import IN_DOUBT
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, check_export
from allocations.gateway import database_now
from allocations.models import ExceptionOwner, Proposal, Row
from allocations.services import trail
from allocations.services.doubts import numbered_rows


def take_rows(actor: Actor, *, batch_id: int, numbers: Sequence[int]) -> int:
    """How many of the rows are the actor's now; those that somebody else has stay with them."""
    decisions.check_work_on_exceptions(actor)
    now = database_now()
    with transaction.atomic():
        ids = numbered_rows(batch_id, numbers)
        waiting = Row.objects.filter(pk__in=ids, state__in=IN_DOUBT).order_by("number").values_list("pk", flat=True)
        ExceptionOwner.objects.bulk_create(
            (ExceptionOwner(row_id=row_id, owner_id=actor.id, taken_at=now) for row_id in waiting),
            ignore_conflicts=True,
        )
        fresh = ExceptionOwner.objects.filter(row_id__in=ids, owner_id=actor.id, taken_at=now)
        _tell("exceptions taken", actor, batch_id, list(fresh.values_list("row__number", flat=True)))
    return ExceptionOwner.objects.filter(row_id__in=ids, owner_id=actor.id).count()


def give_back_rows(actor: Actor, *, batch_id: int, numbers: Sequence[int]) -> int:
    """How many rows nobody looks after now; only those that the actor had."""
    decisions.check_work_on_exceptions(actor)
    with transaction.atomic():
        mine = ExceptionOwner.objects.filter(row_id__in=numbered_rows(batch_id, numbers), owner_id=actor.id)
        given = list(mine.values_list("row__number", flat=True))
        mine.delete()
        _tell("exceptions given back", actor, batch_id, given)
    return len(given)


def _tell(event: str, actor: Actor, batch_id: int, numbers: Sequence[int]) -> None:
    if numbers:
        trail.write_entry(
            event,
            at=database_now(),
            object_type="batch",
            object_id=batch_id,
            batch_id=batch_id,
            actor=actor,
            row_numbers=sorted(numbers),
        )


def open_evidence(actor: Actor, *, proposal_id: int) -> tuple[Proposal, bytes]:
    """The evidence file of a decision, with an entry in the trail: it can hold personal data."""
    check_export(actor)
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None or not proposal.file:
        raise InvalidInput(f"Decision {proposal_id} has no evidence file.")
    if proposal.batch.erased_at is not None:
        raise StateConflict("The evidence was erased with the personal data of its batch. Its SHA-256 is kept.")
    with proposal.file.open("rb") as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != proposal.file_sha256:
        raise StateConflict("The stored evidence is not the file that was attached. Tell an owner; do not rely on it.")
    with transaction.atomic():
        trail.write_entry(
            "evidence opened",
            at=database_now(),
            object_type="proposal",
            object_id=proposal.pk,
            batch_id=proposal.batch_id,
            actor=actor,
            file_sha256=proposal.file_sha256,
        )
    return proposal, content
