"""Proof that comes after the end: the points count again, a second debit is told, and nothing more goes out."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from allocations.domain.errors import StateConflict
from allocations.models import Reversal, ReversalAttempt, TrailEntry
from allocations.selectors.reversals import row_takings
from allocations.services import reversal_answers, reversals
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, check_reversals, open_desk
from tests.services.test_crash_points import Wrapped, with_client
from tests.services.test_reversal_crashes import overtaken
from tests.services.test_reversal_disputes import Altering, another_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


def proved_late(desk: Desk, amount: int, *, then: Callable[[], None] = lambda: None) -> Reversal:
    """EnKash debits it and lists it as failed; the answer that says so comes afterwards."""
    reversal = desk.approved(amount)

    def fail() -> None:
        desk.portal.sim.faults.push(kind="lookup_status", status="FAILED")
        desk.portal.clock.forward(minutes=21)
        desk.work(reversal, portal=desk.portal.as_worker("other"))
        assert (reversal.state, reversal.doubt) == ("failed", "listed_as_failed")
        then()

    overtaken(desk, reversal, then=fail)
    return reversal


def test_late_proof_of_a_failed_reversal_counts_and_is_held_for_people(desk: Desk) -> None:
    reversal = proved_late(desk, 60)
    assert (reversal.state, reversal.evidence, reversal.doubt) == ("reversed", "answer", "")
    assert reversal.transaction_id == desk.debits()[reversal.reference][0]
    assert (reversal.pause_code, reversal.next_action_at) == ("taken_after_all", None)
    assert row_takings(desk.row).left == 40
    with pytest.raises(reversals.InvalidInput, match="Enter at most 40"):
        desk.proposed(41)
    entry = TrailEntry.objects.get(event="reversal reverse", object_id=reversal.pk)
    assert (entry.data["from"], entry.data["to"]) == ("failed", "reversed")
    check_reversals(desk)


def test_whoever_has_looked_lets_it_rest(desk: Desk) -> None:
    reversal = proved_late(desk, 60)
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    assert (desk.work(reversal).state, reversal.pause_code, desk.calls()) == ("reversed", "", 1)


def test_what_was_approved_meanwhile_is_not_sent(desk: Desk) -> None:
    asked: list[Reversal] = []
    first = proved_late(desk, 100, then=lambda: asked.append(desk.approved(100)))
    second = desk.work(asked[0])
    assert (first.state, second.state, second.pause_code, desk.calls()) == ("reversed", "approved", "overdrawn", 1)
    assert "more points would be taken back than the row was credited" in second.pause_text
    reversals.resume_reversal(desk.portal.maker, reversal_id=second.pk)
    assert desk.work(second).pause_code == "overdrawn"
    assert reversals.withdraw_reversal(desk.portal.maker, reversal_id=second.pk).state == "withdrawn"
    check_reversals(desk)


def test_what_was_asked_for_meanwhile_is_not_approved(desk: Desk) -> None:
    asked: list[Reversal] = []
    proved_late(desk, 60, then=lambda: asked.append(desk.proposed(50)))
    with pytest.raises(StateConflict, match="With this reversal 110 points would be taken back of 100"):
        reversals.approve_reversal(desk.portal.approver, reversal_id=asked[0].pk, digest=asked[0].digest)


def test_what_still_fits_goes_on(desk: Desk) -> None:
    asked: list[Reversal] = []

    def ask() -> None:
        asked.extend((desk.approved(40), desk.proposed(60)))

    proved_late(desk, 60, then=ask)
    assert desk.work(asked[0]).state == "reversed"
    check_reversals(desk)


def test_what_was_sent_meanwhile_is_shown_with_both(desk: Desk) -> None:
    """More is gone than was credited; nothing can undo that, but the row and the reversal say so."""
    person = desk.portal.sim.world.people.by_card(desk.row.card_id)
    desk.portal.sim.ledger.credit(person, reference="ELSEWHERE", amount=Decimal(100), status="SUCCESS", at=0.0)
    first = proved_late(desk, 100, then=lambda: desk.work(desk.approved(100), portal=desk.portal.as_worker("other")))
    assert (first.state, first.pause_code) == ("reversed", "taken_after_all")
    assert (row_takings(desk.row).net, row_takings(desk.row).left) == (-100, -100)


def test_a_late_contradiction_of_a_failed_reversal_is_shown_to_people(desk: Desk) -> None:
    altering = Altering(desk.portal.gateway.client, another_card)
    reversal = proved_late(replace(desk, portal=with_client(desk.portal, altering)), 60)
    assert (reversal.state, reversal.pause_code) == ("failed", "impossible")
    assert "person_differs" in reversal.pause_text


def test_a_late_failure_changes_nothing(desk: Desk) -> None:
    desk.fault("whole_refusal", text="Bin Type is not mapped on PlanMaster")
    reversal = desk.approved(60)

    def settle() -> None:
        desk.portal.clock.forward(minutes=21)
        desk.work(reversal, portal=desk.portal.as_worker("other"))

    overtaken(desk, reversal, then=settle)
    assert (reversal.state, reversal.pause_code) == ("reversed", "")
    assert TrailEntry.objects.filter(event="late answer kept", object_id=reversal.pk).count() == 1


def forget(desk: Desk, reversal: Reversal) -> None:
    """EnKash's check for repeated references misses the first call."""
    desk.portal.sim.ledger.by_reference.pop(reversal.reference, None)


def two_debits(desk: Desk, *, late_first: bool) -> Reversal:
    """Call 1 is given up and call 2 sent, and both debit; the answer of call 1 comes before or after call 2's."""
    person = desk.portal.sim.world.people.by_card(desk.row.card_id)
    desk.portal.sim.ledger.credit(person, reference="ELSEWHERE", amount=Decimal(100), status="SUCCESS", at=0.0)
    desk.portal.sim.faults.push(kind="lookup_empty", times=9)
    reversal = desk.approved(60)
    kept: list[Any] = []
    real = reversal_answers.keep_answer

    def bring() -> None:
        attempt, raw = kept.pop()
        real(attempt, raw, gateway=desk.portal.gateway)
        reversal_answers.apply_answer(attempt.pk, gateway=desk.portal.gateway)

    def hold_back(attempt: ReversalAttempt, raw: Any, **options: Any) -> bool:
        if attempt.number == 1:
            kept.append((attempt, raw))
            return False
        return real(attempt, raw, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reversal_answers, "keep_answer", hold_back)
        overtaken(desk, reversal)
        forget(desk, reversal)
        desk.portal.clock.forward(minutes=21)
        client = desk.portal.gateway.client
        between = Wrapped(client, "allocate_single", after=bring) if late_first else client
        desk.work(reversal, portal=with_client(desk.portal, between, worker="second"))
        if not late_first:
            bring()
    reversal.refresh_from_db()
    return reversal


@pytest.mark.parametrize("late_first", [True, False])
def test_a_second_debit_under_another_id_is_shown_to_people(desk: Desk, late_first: bool) -> None:
    reversal = two_debits(desk, late_first=late_first)
    ids = [entry.transaction_id for entry in desk.portal.sim.ledger.entries if entry.reference == reversal.reference]
    known = ids[0] if late_first else ids[1]
    assert (len(ids), reversal.state, reversal.transaction_id) == (2, "reversed", known)
    assert reversal.pause_code == "taken_twice"
    assert all(each in reversal.pause_text for each in ids)
    assert TrailEntry.objects.get(event="reversal held", object_id=reversal.pk).data["why"] == "taken_twice"
