"""What people were given before: rows of other batches, approved and sent."""

from datetime import datetime

from allocations.domain.states import BatchState
from allocations.models import Row
from tests.factories.batches import DIGEST, MANIFEST, recount
from tests.factories.lists import NOW, BatchFactory, RowFactory, UploadFactory
from tests.factories.people import UserFactory
from tests.factories.runs import VoteFactory


def given(mobile: str, points: int, *, state: str = "credited", at: datetime = NOW, **fields) -> Row:
    """A row of a batch of its own, which was approved at that instant."""
    batch = BatchFactory(state=BatchState.REVIEW)
    UploadFactory(batch=batch, state="ready")
    if state == "credited":
        fields = {"evidence": "answer", "credited_amount": points, "outcome_at": at, **fields}
    row = RowFactory(batch=batch, mobile=mobile, amount=points, state=state, **fields)
    recount(batch)
    batch.version, batch.manifest, batch.digest = 1, MANIFEST, DIGEST
    batch.submitted_by, batch.submitted_at = batch.uploaded_by, at
    batch.state = BatchState.SUBMITTED
    batch.save()
    approver = UserFactory(roles=("approver",))
    VoteFactory(batch=batch, voted_by=approver)
    batch.state, batch.approved_by, batch.approved_at = BatchState.APPROVED, approver, at
    batch.save()
    return row
