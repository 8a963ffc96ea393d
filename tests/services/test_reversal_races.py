"""Two people, or two workers, at the same instant: one effect. Real transactions on both databases."""

from uuid import uuid4

import pytest
from django.db import transaction

from allocations.models import Reversal, TrailEntry
from allocations.services import reversal_leases, reversals, reversing
from tests.at_once import together
from tests.factories.people import actor
from tests.factories.reversals import ReversalFactory, credited_row
from tests.services.conftest import Portal
from tests.services.reversal_desk import check_reversals, open_desk

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results: list[object]) -> list[str]:
    return sorted(str(result) for result in results if isinstance(result, Exception))


def test_two_requests_at_once_take_no_more_than_was_credited() -> None:
    row, who = credited_row(), [actor("admin") for _ in range(4)]

    def ask(person):
        return lambda: reversals.request_reversal(person, row_id=row.pk, amount=300, reason="Left", form_key=uuid4())

    refused = refusals(together(*(ask(person) for person in who)))
    assert len(refused) == 3
    assert all("Enter at most 200" in sentence for sentence in refused)
    assert [one.amount for one in Reversal.objects.all()] == [300]


def test_the_database_itself_lets_only_one_of_two_inserts_through() -> None:
    """Past the service: the trigger locks the row, so neither sum misses the other's insert."""
    row = credited_row()
    drafts = [ReversalFactory.build(row=row, amount=300, requested_by=row.batch.uploaded_by) for _ in range(4)]

    def store(draft):
        def save() -> None:
            with transaction.atomic():
                draft.save()

        return save

    refused = refusals(together(*(store(draft) for draft in drafts)))
    assert len(refused) == 3
    assert all("no more is taken back than was credited" in sentence for sentence in refused)
    assert Reversal.objects.count() == 1


def test_two_approvers_at_once_are_one_decision() -> None:
    reversal = ReversalFactory()
    who = [actor("approver") for _ in range(3)]

    def approve(person):
        return lambda: reversals.approve_reversal(person, reversal_id=reversal.pk, digest=reversal.digest)

    refused = refusals(together(*(approve(person) for person in who)))
    assert len(refused) == 2
    assert all("Already decided" in sentence for sentence in refused)
    assert TrailEntry.objects.filter(event="reversal approve").count() == 1


def test_approval_against_rejection_and_withdrawal_is_one_decision() -> None:
    maker = actor("admin")
    reversal = reversals.request_reversal(maker, row_id=credited_row().pk, amount=1, reason="Left", form_key=uuid4())
    known = {"reversal_id": reversal.pk, "digest": reversal.digest}
    approver, other = actor("approver"), actor("approver")
    results = together(
        lambda: reversals.approve_reversal(approver, **known),
        lambda: reversals.reject_reversal(other, reason="No", **known),
    )
    reversal.refresh_from_db()
    assert (len(refusals(results)), reversal.state in {"approved", "rejected"}) == (1, True)


def test_the_same_form_sent_twice_at_once_is_one_reversal() -> None:
    maker, row, key = actor("admin"), credited_row(), uuid4()
    ask = {"row_id": row.pk, "amount": 100, "reason": "Left", "form_key": key}
    first, second = together(*[lambda: reversals.request_reversal(maker, **ask)] * 2)
    assert (first, Reversal.objects.count()) == (second, 1)


def test_two_workers_at_once_make_one_call(portal: Portal) -> None:
    portal.account.lanes.create(number=2)
    desk = open_desk(portal)
    reversal = desk.approved()

    def work(name: str):
        return lambda: reversing.take_back(reversal.pk, gateway=portal.as_worker(name).gateway)

    together(*(work(name) for name in ("one", "two", "three")))
    reversal.refresh_from_db()
    assert (reversal.state, desk.calls()) == ("reversed", 1)
    assert reversal_leases.claim_reversal(reversal.pk, gateway=portal.gateway) is None
    check_reversals(desk)


def test_withdrawal_against_the_worker_is_either_and_never_both(portal: Portal) -> None:
    desk = open_desk(portal)
    reversal = desk.approved()
    together(
        lambda: reversals.withdraw_reversal(portal.maker, reversal_id=reversal.pk),
        lambda: reversing.take_back(reversal.pk, gateway=portal.gateway),
    )
    reversal.refresh_from_db()
    assert (reversal.state, desk.calls()) in {("withdrawn", 0), ("reversed", 1)}
