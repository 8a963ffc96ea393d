"""Opening the rows that have to be looked at before a batch is approved."""

from django.db import transaction

from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor
from allocations.gateway import database_now
from allocations.models import Batch, SampleOpening
from allocations.selectors.approvals import facts_of
from allocations.selectors.samples import sample_of
from allocations.services.locks import locked_batch


def open_sample_row(actor: Actor, *, batch_id: int, digest: str, number: int) -> Batch:
    """Notes that the actor, who may decide about the batch, looks at the row. A repeated click changes nothing."""
    now = database_now()
    with transaction.atomic():
        batch = locked_batch(batch_id)
        policy.check_decide(actor, facts_of(batch))
        if batch.digest != digest:
            raise StateConflict("The list changed since you opened it. Open it again to see what it is now.")
        if number not in {one.row.number for one in sample_of(batch)}:
            raise InvalidInput(f"Row {number} is not in the sample of this batch.")
        SampleOpening.objects.get_or_create(
            batch=batch, digest=digest, opened_by_id=actor.id, number=number, defaults={"opened_at": now}
        )
    return batch
