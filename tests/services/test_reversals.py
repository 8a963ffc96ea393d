"""Asking for points back, deciding about it, withdrawing it: the people's half of a reversal."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.manifest import digest
from allocations.models import Reversal, Row, TrailEntry
from allocations.services import reversals
from tests.factories.people import actor
from tests.factories.reversals import ReversalFactory, credited_row, reversal_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bells(monkeypatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(reversals.queue, "ring_reversal", rung.append)
    return rung


def ask(who=None, *, row: Row | None = None, **changes) -> Reversal:
    wanted = {"amount": 200, "reason": "Left the company", "form_key": uuid4()} | changes
    return reversals.request_reversal(who or actor("admin"), row_id=(row or credited_row()).pk, **wanted)


def events(reversal: Reversal) -> list[str]:
    entries = TrailEntry.objects.filter(object_type="reversal", object_id=reversal.pk)
    return list(entries.order_by("id").values_list("event", flat=True))


def test_request_freezes_what_is_to_be_signed() -> None:
    maker, row = actor("admin"), credited_row()
    reversal = ask(maker, row=row, reason=" Left the company ")
    content = json.loads(reversal.content)
    assert (reversal.state, reversal.digest) == ("proposed", digest(reversal.content))
    assert (content["amount"], content["row_reference"], content["requested_by"]) == (200, row.reference, maker.id)
    assert (content["reason"], content["card_id"], reversal.reference != row.reference) == (
        "Left the company",
        row.card_id,
        True,
    )
    assert events(reversal) == ["reversal proposed"]
    assert TrailEntry.objects.get().batch_id == row.batch_id


def test_request_by_the_same_form_twice_is_one_reversal() -> None:
    maker, row, key = actor("admin"), credited_row(), uuid4()
    first = ask(maker, row=row, form_key=key)
    assert ask(maker, row=row, form_key=key) == first
    assert Reversal.objects.count() == 1


def test_request_is_for_admins_and_credited_rows() -> None:
    with pytest.raises(NotAllowed):
        ask(actor("approver", "owner", "auditor"))
    row = credited_row()
    pending = Row.objects.create(batch=row.batch, number=99, reference="X" * 26, amount=500)
    with pytest.raises(StateConflict, match="only points of a credited row"):
        ask(row=pending)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": "  "}, "The reason is empty"),
        ({"amount": 0}, "The amount is not"),
        ({"amount": 501}, "501 points are more than can be taken back"),
    ],
)
def test_request_says_what_is_wrong(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        ask(**changes)
    assert Reversal.objects.count() == 0


def test_request_counts_what_is_under_way() -> None:
    row = credited_row()
    ask(row=row, amount=300)
    with pytest.raises(InvalidInput, match="Enter at most 200"):
        ask(row=row, amount=201)
    assert ask(row=row, amount=200).pk


def test_request_of_no_row_says_so() -> None:
    with pytest.raises(InvalidInput, match="There is no such row"):
        reversals.request_reversal(actor("admin"), row_id=0, amount=1, reason="x", form_key=uuid4())


def test_approval_is_by_another_and_rings_after_it(bells) -> None:
    reversal = ask()
    approver = actor("approver")
    approved = reversals.approve_reversal(approver, reversal_id=reversal.pk, digest=reversal.digest)
    assert (approved.state, approved.approved_by_id, bells) == ("approved", approver.id, [reversal.pk])
    assert events(reversal) == ["reversal proposed", "reversal approve"]


def test_approval_clicked_twice_is_one() -> None:
    reversal, approver = ask(), actor("approver")
    for _ in range(2):
        reversals.approve_reversal(approver, reversal_id=reversal.pk, digest=reversal.digest)
    assert events(reversal) == ["reversal proposed", "reversal approve"]


def test_approval_by_a_second_person_comes_too_late() -> None:
    reversal = ask()
    reversals.approve_reversal(actor("approver"), reversal_id=reversal.pk, digest=reversal.digest)
    with pytest.raises(StateConflict, match=r"^Already decided: .* approved it\.$"):
        reversals.approve_reversal(actor("approver"), reversal_id=reversal.pk, digest=reversal.digest)


def test_nobody_approves_what_they_asked_for() -> None:
    both = actor("admin", "approver")
    reversal = ask(both)
    with pytest.raises(NotAllowed, match="You asked for this reversal"):
        reversals.approve_reversal(both, reversal_id=reversal.pk, digest=reversal.digest)
    with pytest.raises(NotAllowed):
        reversals.approve_reversal(actor("admin"), reversal_id=reversal.pk, digest=reversal.digest)


def test_approval_of_another_content_is_refused() -> None:
    reversal = ask()
    with pytest.raises(StateConflict, match="not the one that the page showed"):
        reversals.approve_reversal(actor("approver"), reversal_id=reversal.pk, digest="0" * 64)


def test_rejection_frees_the_points_and_keeps_the_reason(bells) -> None:
    row = credited_row()
    reversal = ask(row=row, amount=500)
    approver = actor("approver")
    with pytest.raises(InvalidInput, match="The reason is empty"):
        reversals.reject_reversal(approver, reversal_id=reversal.pk, digest=reversal.digest, reason=" ")
    reversals.reject_reversal(approver, reversal_id=reversal.pk, digest=reversal.digest, reason="She earned them")
    reversal.refresh_from_db()
    assert (reversal.state, reversal.closed_by_id, reversal.closed_reason) == (
        "rejected",
        approver.id,
        "She earned them",
    )
    assert (ask(row=row, amount=500).state, bells) == ("proposed", [])


def test_withdrawal_is_for_who_asked_while_nothing_was_sent() -> None:
    maker = actor("admin")
    reversal = ask(maker)
    with pytest.raises(NotAllowed, match="Only the person who asked"):
        reversals.withdraw_reversal(actor("admin"), reversal_id=reversal.pk)
    reversals.approve_reversal(actor("approver"), reversal_id=reversal.pk, digest=reversal.digest)
    assert reversals.withdraw_reversal(maker, reversal_id=reversal.pk).state == "withdrawn"
    with pytest.raises(StateConflict):
        reversals.withdraw_reversal(maker, reversal_id=reversal.pk)


def test_withdrawal_after_a_call_is_refused() -> None:
    maker = actor("admin")
    reversal = reversal_in("approved", requested_by=User.objects.get(pk=maker.id), tries=1)
    with pytest.raises(StateConflict, match="A call for this reversal was made already"):
        reversals.withdraw_reversal(maker, reversal_id=reversal.pk)


def test_resume_frees_what_was_held(bells) -> None:
    held = reversal_in("approved", pause_code="login", pause_text="EnKash refuses our login.", streak=2)
    resumed = reversals.resume_reversal(actor("admin"), reversal_id=held.pk)
    resumed.refresh_from_db()
    assert (resumed.state, resumed.pause_code, resumed.streak, bells) == ("approved", "", 0, [held.pk])
    assert events(held) == ["reversal resumed"]


def test_resume_of_a_disputed_one_only_has_enkash_asked(bells) -> None:
    disputed = reversal_in("disputed", lookups_failed=3)
    resumed = reversals.resume_reversal(actor("approver"), reversal_id=disputed.pk)
    resumed.refresh_from_db()
    assert (resumed.state, resumed.lookups_failed, bells) == ("disputed", 0, [disputed.pk])
    assert resumed.next_action_at is not None
    assert events(disputed) == ["reversal asked about"]


def test_resume_of_what_waits_for_nobody_is_refused() -> None:
    with pytest.raises(StateConflict, match="there is nothing to resume"):
        reversals.resume_reversal(actor("admin"), reversal_id=reversal_in("sending").pk)
    with pytest.raises(InvalidInput, match="There is no reversal 0"):
        reversals.resume_reversal(actor("admin"), reversal_id=0)


def test_the_row_stays_credited_throughout() -> None:
    reversal = ReversalFactory()
    reversals.reject_reversal(actor("approver"), reversal_id=reversal.pk, digest=reversal.digest, reason="No")
    reversal.row.refresh_from_db()
    assert (reversal.row.state, reversal.row.credited_amount) == ("credited", 500)


def test_a_withdrawn_reversal_is_held_no_more() -> None:
    maker = actor("admin")
    held = reversal_in("approved", requested_by=User.objects.get(pk=maker.id), pause_code="login", pause_text="Login")
    assert reversals.withdraw_reversal(maker, reversal_id=held.pk).pause_code == ""
