"""What the database itself refuses about decisions of people."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from allocations.models import BatchEditor, Proposal, ProposalRow
from tests.factories.batches import approved_batch
from tests.factories.decisions import open_proposal
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 11, tzinfo=UTC)


@pytest.fixture
def proposal() -> Proposal:
    return open_proposal(rows=(approved_batch(unknown=1).rows.get(),))


def refused(query, **changes) -> bool:
    try:
        with transaction.atomic():
            query.update(**changes)
    except IntegrityError:
        return True
    return False


def test_a_decision_has_its_decider(proposal: Proposal) -> None:
    mine, other, query = proposal.proposed_by, person("approver"), Proposal.objects.all()
    assert refused(query, state="confirmed")
    assert refused(query, state="confirmed", decided_at=NOW)
    assert refused(query, state="confirmed", decided_by=other)
    assert refused(query, state="confirmed", decided_by=mine, decided_at=NOW)
    assert refused(query, state="withdrawn", decided_by=other, decided_at=NOW)
    assert refused(query, state="refused", decided_by=other, decided_at=NOW)
    assert refused(query, decided_by=other)
    assert refused(query, state="gone")
    assert not refused(query, state="confirmed", decided_by=other, decided_at=NOW)


@pytest.mark.parametrize("how", ["uploader", "editor"])
def test_no_maker_confirms(proposal: Proposal, how: str) -> None:
    maker = proposal.batch.uploaded_by
    if how == "editor":
        maker = BatchEditor.objects.create(batch=proposal.batch, user=person("approver")).user
    assert refused(Proposal.objects.all(), state="confirmed", decided_by=maker, decided_at=NOW)


@pytest.mark.parametrize(
    "changes", [{"statement": "other"}, {"outcome": "failed"}, {"file_sha256": "a" * 64}, {"proposed_at": NOW}]
)
def test_what_was_proposed_stays(proposal: Proposal, changes) -> None:
    assert refused(Proposal.objects.all(), **changes)


def test_what_was_decided_stays(proposal: Proposal) -> None:
    Proposal.objects.update(state="withdrawn", decided_at=NOW)
    ProposalRow.objects.update(is_open=False)
    assert refused(Proposal.objects.all(), state="open", decided_at=None)
    assert refused(ProposalRow.objects.all(), is_open=True)


def test_rows_of_a_proposal_stay(proposal: Proposal) -> None:
    assert refused(ProposalRow.objects.all(), transaction_id="ECT2")
    for query in (ProposalRow.objects.all(), Proposal.objects.all()):
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            query._raw_delete("default")


def test_one_decision_is_open_per_row_and_per_transaction(proposal: Proposal) -> None:
    row, other = proposal.rows.get().row, approved_batch(unknown=1).rows.get()
    for rows, transaction_id in ((row, "ECT2"), (other, "ECT1")):
        with pytest.raises(IntegrityError), transaction.atomic():
            open_proposal(rows=(rows,), transaction_id=transaction_id)
    open_proposal(rows=(other,), transaction_id="ECT2")
