"""What the policy needs to know of a batch, read under a lock."""

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import BatchFacts
from allocations.domain.states import BatchState
from allocations.models import Batch


def locked_batch(batch_id: int) -> Batch:
    """The batch, locked until the end of the caller's transaction."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("account").filter(pk=batch_id).first()
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    return batch


def facts_of(batch: Batch) -> BatchFacts:
    editors = set(batch.editors.values_list("user_id", flat=True))
    makers = editors | {batch.uploaded_by_id} | ({batch.submitted_by_id} if batch.submitted_by_id else set())
    return BatchFacts(
        state=BatchState(batch.state),
        maker_ids=frozenset(makers),
        uploaded_by_id=batch.uploaded_by_id,
        submitted_by_id=batch.submitted_by_id,
    )
