from collections.abc import Sequence

from allocations.models import Proposal, ProposalRow, Row
from tests.factories.lists import NOW
from tests.factories.people import UserFactory


def open_proposal(*, rows: Sequence[Row], transaction_id: str = "ECT1", **fields: object) -> Proposal:
    """An open decision about rows of one batch; only the first one gets the transaction id."""
    given = {
        "outcome": "credited",
        "statement": "As on EnKash's statement of today.",
        "proposed_by": fields.pop("proposed_by", None) or UserFactory(roles=("admin",)),
        "proposed_at": NOW,
    }
    proposal = Proposal.objects.create(batch=rows[0].batch, **{**given, **fields})
    ProposalRow.objects.bulk_create(
        ProposalRow(proposal=proposal, row=row, transaction_id="" if at else transaction_id)
        for at, row in enumerate(rows)
    )
    return proposal
