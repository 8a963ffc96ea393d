"""A batch read under a lock, so that what is decided about it stays true until the commit."""

from allocations.domain.errors import InvalidInput
from allocations.models import Batch


def locked_batch(batch_id: int) -> Batch:
    """The batch, locked until the end of the caller's transaction. Trail entries of it are still written meanwhile."""
    batch = (
        Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("account").filter(pk=batch_id).first()
    )
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    return batch
