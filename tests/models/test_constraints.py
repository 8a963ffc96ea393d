"""The schema is the last line: each constraint with what it refuses and what it lets pass."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from allocations.models import Account, Attempt, Batch, Chunk, Lane, Row, Run, Vote
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.lists import AccountFactory, BatchFactory, RowFactory
from tests.factories.people import UserFactory
from tests.factories.runs import AttemptFactory, ChunkFactory, RunFactory, VoteFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 11, tzinfo=UTC)


def refused(query, **changes) -> bool:
    try:
        with transaction.atomic():
            query.update(**changes)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": 0}, True),
        ({"amount": None}, False),
        ({"state": "credited"}, True),
        ({"state": "credited", "evidence": "answer"}, True),
        ({"state": "credited", "credited_amount": 1}, True),
        ({"state": "credited", "evidence": "answer", "credited_amount": 1}, False),
        ({"state": "sending", "payload_hash": ""}, True),
        ({"state": "pending", "payload_hash": ""}, False),
        ({"state": "paid"}, True),
        ({"reference": "abc"}, True),
        ({"reference": "ABC"}, False),
    ],
)
def test_rows(changes, expected: bool) -> None:
    RowFactory()
    assert refused(Row.objects.all(), **changes) is expected


@pytest.mark.parametrize("field", ["reference", "transaction_id"])
def test_rows_share_no_reference_and_no_transaction(field: str) -> None:
    RowFactory(transaction_id="T1", reference="R1")
    other = RowFactory(transaction_id="T2", reference="R2")
    assert refused(Row.objects.filter(pk=other.pk), **{field: "T1" if field == "transaction_id" else "R1"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"submitted_at": None}, True),
        ({"submitted_by": None}, True),
        ({"submitted_at": None, "submitted_by": None, "state": "review"}, False),
        ({"approved_at": NOW}, True),
        ({"state": "approved"}, True),
        ({"state": "gone"}, True),
        ({"digest": ""}, True),
    ],
)
def test_batches(changes, expected: bool) -> None:
    submitted_batch()
    assert refused(Batch.objects.all(), **changes) is expected


def test_batches_are_approved_by_somebody_else() -> None:
    batch = submitted_batch()
    for maker in (batch.uploaded_by, batch.submitted_by):
        assert refused(Batch.objects.all(), state="approved", approved_by=maker, approved_at=NOW)
    other = UserFactory()
    VoteFactory(batch=batch, voted_by=other)
    assert not refused(Batch.objects.all(), state="approved", approved_by=other, approved_at=NOW)


def test_one_attempt_is_open_per_chunk() -> None:
    chunk = ChunkFactory()
    first, second = (AttemptFactory(chunk=chunk, state="unknown") for _ in range(2))
    assert not refused(Attempt.objects.filter(pk=first.pk), state="intent")
    assert refused(Attempt.objects.filter(pk=second.pk), state="answered")


@pytest.mark.parametrize("state", ["answered", "applied"])
def test_an_answered_attempt_has_its_answer(state: str) -> None:
    AttemptFactory(state="unknown")
    assert refused(Attempt.objects.all(), state=state, body=None)
    assert refused(Attempt.objects.all(), state=state, answered_at=None)
    assert not refused(Attempt.objects.all(), state=state)


def test_one_run_of_a_batch_is_not_settled() -> None:
    batch = BatchFactory()
    RunFactory(batch=batch, state="settled")
    RunFactory(batch=batch, state="paused")
    third = RunFactory(batch=batch, state="settled")
    assert refused(Run.objects.filter(pk=third.pk), state="queued")
    assert refused(Run.objects.filter(pk=third.pk), generation=batch.runs.first().generation - 1)


def test_votes_are_one_a_person_and_version_and_say_why_they_send_back() -> None:
    batch = approved_batch()
    with pytest.raises(IntegrityError), transaction.atomic():
        VoteFactory(batch=batch, voted_by=batch.approved_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoteFactory(batch=batch, version=9, decision="send_back", reason="")
    assert Vote.objects.count() == 1


@pytest.mark.parametrize(("size", "expected"), [(0, True), (1, False), (1000, False), (1001, True)])
def test_chunk_sizes(size: int, expected: bool) -> None:
    AccountFactory()
    assert refused(Account.objects.all(), chunk_size=size) is expected


@pytest.mark.parametrize(("number", "expected"), [(0, True), (16, False), (17, True)])
def test_lanes_are_one_to_sixteen(number: int, expected: bool) -> None:
    AccountFactory().lanes.create(number=1)
    assert refused(Lane.objects.all(), number=number) is expected


@pytest.mark.parametrize(("model", "make"), [(Chunk, ChunkFactory), (Run, RunFactory), (Attempt, AttemptFactory)])
def test_states_that_the_code_does_not_know_are_refused(model, make) -> None:
    make()
    assert refused(model.objects.all(), state="gone")
