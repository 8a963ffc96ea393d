"""Before a batch loses rows or gets others in their place: may they have been sent before a restore?"""

from allocations.domain.errors import StateConflict
from allocations.domain.restored import reason_to_keep
from allocations.domain.states import BatchState
from allocations.models import Batch
from allocations.selectors.restores import may_have_been_sent


def against_change(batch: Batch) -> str:
    """The sentence that keeps the batch as it is; "" where nothing does."""
    return reason_to_keep(batch.pk, BatchState(batch.state)) if may_have_been_sent(batch) else ""


def insist_on_free_rows(batch: Batch) -> None:
    if sentence := against_change(batch):
        raise StateConflict(sentence)
