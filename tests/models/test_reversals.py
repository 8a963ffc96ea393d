"""The last line of defence of reversals: what the database itself refuses, and what it lets pass."""

import pytest
from django.db import IntegrityError, transaction

from allocations.models import Reversal, ReversalAttempt, Row
from tests.factories.lists import NOW
from tests.factories.people import UserFactory
from tests.factories.reversals import ReversalAttemptFactory, ReversalFactory, credited_row, reversal_in

pytestmark = pytest.mark.django_db


def refused(query, **changes) -> bool:
    try:
        with transaction.atomic():
            query.update(**changes)
    except IntegrityError:
        return True
    return False


def test_no_more_is_taken_back_than_was_credited() -> None:
    row = credited_row()
    first = reversal_in("reversed", row=row, amount=300)
    ReversalFactory(row=row, amount=200)
    with pytest.raises(IntegrityError, match="no more is taken back than was credited"), transaction.atomic():
        ReversalFactory(row=row, amount=1)
    assert sum(Reversal.objects.values_list("amount", flat=True)) == first.row.credited_amount


@pytest.mark.parametrize("state", ["failed", "rejected", "withdrawn"])
def test_what_took_nothing_back_does_not_count(state: str) -> None:
    row = credited_row()
    reversal_in(state, row=row, amount=500)
    assert ReversalFactory(row=row, amount=500).pk


@pytest.mark.parametrize("state", ["approved", "sending", "unknown", "disputed", "reversed"])
def test_what_may_have_taken_points_back_counts(state: str) -> None:
    row = credited_row()
    reversal_in(state, row=row, amount=500)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReversalFactory(row=row, amount=1)


@pytest.mark.parametrize("state", ["pending", "failed", "unknown", "conflict"])
def test_only_a_credited_row_is_reversed(state: str) -> None:
    row = credited_row()
    stub = ReversalFactory.build(row=row, requested_by=UserFactory())
    other = Row.objects.create(
        batch=row.batch, number=99, reference="X" * 26, state=state, payload_hash="ab", credited_amount=500
    )
    stub.row = other
    with pytest.raises(IntegrityError), transaction.atomic():
        stub.save()


@pytest.mark.parametrize("state", ["reversed", "failed", "rejected", "withdrawn"])
def test_an_ended_reversal_stays_ended(state: str) -> None:
    found = Reversal.objects.filter(pk=reversal_in(state).pk)
    assert refused(found, state="disputed", approved_by=UserFactory(), approved_at=NOW)
    assert not refused(found, said="EnKash's words")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"transaction_id": "ECT1", "pause_code": "taken_after_all"}, False),
        ({"transaction_id": "ECT1"}, True),
        ({"pause_code": "taken_after_all"}, True),
    ],
)
def test_a_failed_reversal_counts_again_only_with_an_id_and_in_front_of_people(changes, expected) -> None:
    found = Reversal.objects.filter(pk=reversal_in("failed").pk)
    assert refused(found, state="reversed", **changes) is expected


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
def test_what_was_never_sent_takes_nothing_back_late(state: str) -> None:
    found = Reversal.objects.filter(pk=reversal_in(state).pk)
    by = {"approved_by": UserFactory(), "approved_at": NOW, "evidence": "answer"}
    assert refused(found, state="reversed", transaction_id="ECT1", pause_code="taken_after_all", **by)


@pytest.mark.parametrize(("late", "expected"), [(300, False), (301, True)])
def test_no_more_is_sent_than_late_proof_leaves(late: int, expected: bool) -> None:
    row = credited_row()
    failed = Reversal.objects.filter(pk=reversal_in("failed", row=row, amount=late).pk)
    own = Reversal.objects.filter(pk=reversal_in("approved", row=row, amount=200).pk)
    ReversalFactory(row=row, amount=300)
    failed.update(state="reversed", transaction_id="ECT1", pause_code="taken_after_all")
    assert refused(own, state="sending") is expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", 1), ("reference", "Y"), ("card_id", "EKC9"), ("reason", "x"), ("content", "{}"), ("digest", "ab")],
)
def test_what_was_asked_for_is_frozen(field: str, value: object) -> None:
    found = Reversal.objects.filter(pk=ReversalFactory().pk)
    assert refused(found, **{field: value})


def test_who_approved_is_frozen() -> None:
    found = Reversal.objects.filter(pk=reversal_in("approved").pk)
    assert refused(found, approved_by=UserFactory())
    assert refused(found, approved_by=None, approved_at=None)
    assert refused(found, requested_by=UserFactory())


def test_a_reversal_is_never_deleted() -> None:
    reversal = ReversalFactory()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Reversal.objects.filter(pk=reversal.pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "approved"}, True),
        ({"state": "approved", "approved_at": NOW}, True),
        ({"state": "gone"}, True),
        ({"state": "rejected"}, True),
        ({"closed_at": NOW}, True),
        ({"evidence": "answer"}, False),
        ({"transaction_id": "ECT1"}, False),
        ({"state": "withdrawn"}, False),
    ],
)
def test_a_proposed_reversal_changes_only_with_signatures(changes: dict[str, object], expected: bool) -> None:
    assert refused(Reversal.objects.filter(pk=ReversalFactory().pk), **changes) is expected


def test_nobody_decides_about_their_own_reversal() -> None:
    reversal = ReversalFactory()
    found = Reversal.objects.filter(pk=reversal.pk)
    assert refused(found, approved_by=reversal.requested_by, approved_at=NOW)
    own = {"closed_by": reversal.requested_by, "closed_at": NOW, "closed_reason": "No"}
    assert refused(found, state="rejected", **own)
    assert not refused(found, state="rejected", **(own | {"closed_by": UserFactory()}))


@pytest.mark.parametrize("state", ["reversed", "failed"])
def test_an_outcome_needs_evidence(state: str) -> None:
    found = Reversal.objects.filter(pk=reversal_in("unknown").pk)
    assert refused(found, state=state)
    assert not refused(found, state=state, evidence="look_up")


def test_a_transaction_id_belongs_to_one_reversal() -> None:
    reversal_in("reversed", transaction_id="ECT1")
    with pytest.raises(IntegrityError), transaction.atomic():
        reversal_in("reversed", transaction_id="ECT1")


def test_one_attempt_is_open_at_a_time_and_an_answered_one_has_its_bytes() -> None:
    reversal = reversal_in("sending")
    ReversalAttemptFactory(reversal=reversal, state="intent", answered_at=None, body=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReversalAttemptFactory(reversal=reversal, number=2, state="answered")
    found = ReversalAttempt.objects.filter(reversal=reversal)
    assert refused(found, state="answered")
    assert not refused(found, state="answered", answered_at=NOW, body=b"x")
