from allocations.domain.policy import Actor
from allocations.models import Batch
from allocations.selectors.samples import sample_of
from allocations.services.samples import open_sample_row


def open_sample(actor: Actor, batch: Batch) -> None:
    """What an approver does before approving: opens every row of the sample."""
    for one in sample_of(batch):
        open_sample_row(actor, batch_id=batch.pk, digest=batch.digest, number=one.row.number)
