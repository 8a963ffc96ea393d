"""Reversals against the simulator: each is debited once, or nobody says that it was."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from allocations.models import Account, EnkashToken, Lane, Reversal, ReversalAttempt, TrailEntry
from allocations.services import reversal_answers, reversal_leases, reversals, reversing
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, check_reversals, open_desk

TAKEN = "The transaction associated with the given Unique reference Number already exists"

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


def outcome(reversal: Reversal) -> tuple[str, str, str]:
    return reversal.state, reversal.evidence, reversal.doubt


def test_an_approved_reversal_takes_the_points_back(desk: Desk) -> None:
    reversal = desk.work(desk.approved(60))
    assert outcome(reversal) == ("reversed", "answer", "")
    assert desk.debits() == {reversal.reference: (reversal.transaction_id, 60)}
    assert (reversal.user_balance, desk.attempts()) == (40, ["applied"])
    assert Account.objects.get().balance_stale
    check_reversals(desk)


def test_nothing_is_sent_before_the_approval_or_after_the_end(desk: Desk) -> None:
    asked = desk.work(desk.proposed())
    rejected = reversals.reject_reversal(desk.portal.approver, reversal_id=asked.pk, digest=asked.digest, reason="No")
    assert (desk.work(rejected).state, desk.calls()) == ("rejected", 0)
    done = desk.work(desk.work(desk.approved()))
    assert (done.state, desk.calls()) == ("reversed", 1)


def test_the_trail_tells_every_step(desk: Desk) -> None:
    reversal = desk.work(desk.approved())
    entries = TrailEntry.objects.filter(object_type="reversal", object_id=reversal.pk).order_by("id")
    assert list(entries.values_list("event", flat=True)) == [
        "reversal proposed",
        "reversal approve",
        "reversal send",
        "reversal reverse",
    ]
    sent = entries[2].data
    assert (sent["amount"], sent["payload_sha256"]) == (100, ReversalAttempt.objects.get().payload_sha256)


def test_a_card_that_is_too_empty_is_a_failure_and_the_points_can_be_asked_for_again(desk: Desk) -> None:
    desk.spend(30)
    failed = desk.work(desk.approved(100))
    assert outcome(failed) == ("failed", "answer", "too_few_points")
    assert (failed.said, failed.pause_code) == ("Insufficient balance in user card", "")
    assert desk.work(desk.approved(70)).state == "reversed"
    check_reversals(desk)


IN_PROCESS = "Request is in process, please check the status later"


def test_a_refusal_that_is_none_is_looked_up_and_its_points_stay_reserved(desk: Desk) -> None:
    """EnKash works on it after all: its debit is found, and no second reversal could be asked for meanwhile."""
    desk.fault("whole_refusal", status=200, text=IN_PROCESS)
    first = desk.work(desk.approved(100))
    assert (*outcome(first), first.said) == ("unknown", "", "unclear_refusal", IN_PROCESS)
    assert (first.pause_code, first.next_action_at) == ("", desk.portal.clock() + timedelta(minutes=15))
    with pytest.raises(reversals.InvalidInput, match="Enter at most 0"):
        desk.proposed(1)
    person = desk.portal.sim.world.people.by_card(desk.row.card_id)
    taken = {"amount": Decimal(100), "status": "SUCCESS", "at": 0.0}
    desk.portal.sim.ledger.debit(person, reference=first.reference, **taken)
    desk.work_after(first, minutes=16)
    assert (*outcome(first), desk.calls()) == ("reversed", "look_up", "", 1)
    check_reversals(desk)


def test_a_refusal_in_unknown_words_waits_for_people_before_it_goes_again(desk: Desk) -> None:
    desk.fault("whole_refusal", text="Card is blocked", times=2)
    reversal = desk.work(desk.approved(60))
    for calls in (1, 2):
        desk.work_after(reversal, minutes=16)
        assert (reversal.state, reversal.pause_code, desk.calls()) == ("unknown", "refused", calls)
        assert "Card is blocked" in reversal.pause_text
        reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
        desk.work(reversal)
    assert (reversal.state, desk.calls()) == ("reversed", 3)
    check_reversals(desk)


def test_a_duplicate_after_a_refusal_in_unknown_words_proves_nothing(desk: Desk) -> None:
    desk.fault("whole_refusal", status=200, text=IN_PROCESS)
    desk.fault("whole_refusal", status=200, text=TAKEN)
    desk.portal.sim.faults.push(kind="lookup_empty", times=9)
    reversal = desk.work(desk.approved(60))
    desk.work_after(reversal, minutes=16)
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    desk.work(reversal)
    assert (outcome(reversal), desk.calls()) == (("unknown", "", "refused_after_loss"), 2)


def test_a_documented_refusal_is_a_failure(desk: Desk) -> None:
    desk.fault("whole_refusal", text="KYC is not uploaded or under review for the primary card")
    assert outcome(desk.work(desk.approved(60))) == ("failed", "answer", "refused")


def test_two_reversals_of_a_row_add_up_to_the_credit(desk: Desk) -> None:
    assert desk.work(desk.approved(60)).state == "reversed"
    assert desk.work(desk.approved(40)).state == "reversed"
    assert sum(points for _, points in desk.debits().values()) == 100
    check_reversals(desk)


def test_without_a_card_id_the_mobile_names_the_person(desk: Desk) -> None:
    type(desk.row).objects.filter(pk=desk.row.pk).update(card_id="")
    reversal = desk.work(desk.approved())
    assert (reversal.card_id, reversal.state) == ("", "reversed")
    check_reversals(desk)


@pytest.mark.parametrize("kind", ["error_after", "drop_after", "html_200", "empty_200", "truncate"])
def test_a_lost_answer_is_found_by_look_up_after_the_quiet_time(desk: Desk, kind: str) -> None:
    desk.fault(kind)
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.next_action_at) == ("unknown", desk.portal.clock() + timedelta(minutes=15))
    desk.work_after(reversal, minutes=14)
    assert (reversal.state, "transactions" in desk.portal.sim.control.state()["requests"]) == ("unknown", False)
    desk.work_after(reversal, minutes=2)
    assert (reversal.state, desk.calls()) == ("reversed", 1)
    assert desk.debits()[reversal.reference] == (reversal.transaction_id, 100)
    check_reversals(desk)


@pytest.mark.parametrize("kind", ["error_before", "drop_before"])
def test_what_had_no_effect_goes_again_with_the_same_reference(desk: Desk, kind: str) -> None:
    desk.fault(kind)
    reversal = desk.work(desk.approved())
    assert (reversal.state, desk.debits()) == ("unknown", {})
    desk.work_after(reversal, minutes=16)
    assert (reversal.state, desk.attempts()) == ("reversed", ["resolved", "applied"])
    shas = ReversalAttempt.objects.values_list("payload_sha256", flat=True)
    assert len(set(shas)) == 1
    check_reversals(desk)


def test_a_duplicate_of_a_debit_is_looked_up_until_the_list_shows_it(desk: Desk) -> None:
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_empty")
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("unknown", "", "refused_after_loss")
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("reversed", "look_up", "")
    assert reversal.transaction_id == desk.debits()[reversal.reference][0]
    check_reversals(desk)


def test_a_refusal_after_a_lost_call_proves_nothing(desk: Desk) -> None:
    """EnKash may look at the card before it looks for the reference; the lost call may have emptied it."""
    desk.fault("error_after")
    desk.fault("whole_refusal", text="Insufficient balance in user card")
    desk.portal.sim.faults.push(kind="lookup_empty")
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("unknown", "", "refused_after_loss")
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("reversed", "look_up", "")
    check_reversals(desk)


def test_lost_calls_are_resent_three_times_and_then_people_are_asked(desk: Desk) -> None:
    desk.fault("error_before", times=50)
    reversal = desk.approved()
    for _ in range(12):
        desk.work_after(reversal, minutes=16)
        if reversal.pause_code:
            reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    assert outcome(reversal) == ("disputed", "", "not_found")
    assert (len(desk.attempts()), desk.debits()) == (4, {})
    with pytest.raises(reversals.InvalidInput, match="Enter at most 0"):
        desk.proposed(1)


def test_a_disputed_reversal_is_looked_up_again_when_a_person_asks(desk: Desk) -> None:
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_other_amount")
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("disputed", "", "amount_differs")
    reversals.resume_reversal(desk.portal.approver, reversal_id=reversal.pk)
    desk.work(reversal)
    assert outcome(reversal) == ("reversed", "look_up", "")
    check_reversals(desk)


def test_what_enkash_lists_without_a_final_status_waits_and_then_goes_to_people(desk: Desk) -> None:
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_status", times=99)
    reversal = desk.work(desk.approved())
    for _ in range(3):
        desk.work_after(reversal, minutes=16)
    assert (*outcome(reversal), len(desk.attempts())) == ("unknown", "", "undecided_at_enkash", 1)
    desk.work_after(reversal, hours=24)
    assert outcome(reversal) == ("disputed", "", "undecided_at_enkash")


def test_what_enkash_lists_as_failed_has_failed(desk: Desk) -> None:
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_status", status="FAILED")
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    assert (*outcome(reversal), desk.attempts()) == ("failed", "look_up", "listed_as_failed", ["resolved"])


def test_a_failure_of_the_first_call_says_nothing_about_the_second(desk: Desk) -> None:
    """The second call debits, and the list still shows what became of the first one only."""
    desk.fault("error_before")
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_empty")
    desk.portal.sim.faults.push(kind="lookup_status", status="FAILED")
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    desk.work_after(reversal, minutes=16)
    assert (*outcome(reversal), desk.calls()) == ("unknown", "", "undecided_at_enkash", 2)
    desk.work_after(reversal, minutes=16)
    assert outcome(reversal) == ("reversed", "look_up", "")
    check_reversals(desk)


def test_two_calls_and_a_lasting_failure_go_to_people(desk: Desk) -> None:
    desk.fault("error_before")
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_empty")
    desk.portal.sim.faults.push(kind="lookup_status", status="FAILED", times=9)
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    desk.work_after(reversal, hours=25)
    assert (*outcome(reversal), desk.calls()) == ("disputed", "", "undecided_at_enkash", 2)


def test_look_ups_without_an_answer_end_in_a_resend(desk: Desk) -> None:
    desk.fault("error_before")
    desk.portal.sim.faults.push(kind="lookup_down", times=3)
    reversal = desk.work(desk.approved())
    for _ in range(3):
        assert reversal.state == "unknown"
        desk.work_after(reversal, minutes=16)
    assert (reversal.state, len(desk.attempts())) == ("reversed", 2)
    check_reversals(desk)


def test_a_reference_that_enkash_knows_before_we_sent_it_is_disputed(desk: Desk) -> None:
    reversal = desk.approved()
    person = desk.portal.sim.world.people.by_card(desk.row.card_id)
    desk.portal.sim.ledger.credit(person, reference=reversal.reference, amount=1, status="SUCCESS", at=0.0)
    assert outcome(desk.work(reversal)) == ("disputed", "", "reference_taken")


def test_throttling_waits_as_long_as_enkash_asks(desk: Desk) -> None:
    desk.fault("throttle", retry_after=40)
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.next_action_at) == ("approved", desk.portal.clock() + timedelta(seconds=40))
    assert desk.work_after(reversal, seconds=39).state == "approved"
    assert desk.work_after(reversal, seconds=2).state == "reversed"
    check_reversals(desk)


def test_an_expired_token_costs_one_login_and_a_second_refusal_holds_it(desk: Desk) -> None:
    desk.fault("unauthorized", times=2)
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.pause_code, EnkashToken.objects.get().value) == ("approved", "", None)
    desk.work(reversal)
    assert (reversal.state, reversal.pause_code) == ("approved", "login")
    assert desk.work_after(reversal, hours=1).state == "approved"
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    assert desk.work(reversal).state == "reversed"
    check_reversals(desk)


def test_a_refused_login_holds_it_before_anything_is_sent(desk: Desk) -> None:
    desk.portal.sim.control.expire_tokens()
    EnkashToken.objects.update(value=None)
    desk.portal.sim.faults.push(endpoint="token", kind="unauthorized", times=5)
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.pause_code, desk.calls()) == ("approved", "login", 0)
    assert TrailEntry.objects.filter(event="reversal held", object_id=reversal.pk).count() == 1


def test_an_unreachable_login_backs_off_and_is_held_after_five(desk: Desk) -> None:
    EnkashToken.objects.update(value=None)
    desk.portal.sim.close()
    reversal = desk.approved()
    for _ in range(5):
        desk.work_after(reversal, minutes=1)
    assert (reversal.state, reversal.streak, reversal.pause_code) == ("approved", 5, "unreachable")


def test_three_errors_in_a_row_hold_it(desk: Desk) -> None:
    desk.fault("error_before", times=3)
    reversal = desk.approved()
    for _ in range(3):
        desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.pause_code) == ("unknown", "server_errors")
    assert "EnKash's server failed several times in a row." in reversal.pause_text


@pytest.mark.parametrize("field", ["amount", "card_id"])
def test_a_reversal_that_was_changed_after_its_approval_is_not_sent(desk: Desk, field: str) -> None:
    reversal = desk.approved(60)
    with connection.cursor() as cursor:
        suffix = " ON allocations_reversal" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER reversal_frozen{suffix}")
        cursor.execute(f"UPDATE allocations_reversal SET {field} = '99'")
    desk.work(reversal)
    assert (reversal.state, reversal.pause_code, desk.debits()) == ("approved", "tampered", {})


def test_a_reversal_waits_for_a_lane_of_its_account(desk: Desk) -> None:
    reversal = desk.approved()
    Lane.objects.update(lease_expires_at=desk.portal.clock() + timedelta(minutes=1))
    assert desk.work(reversal).state == "approved"
    assert list(reversal_leases.reversals_with_work(desk.portal.clock())) == []
    desk.portal.clock.forward(minutes=2)
    assert list(reversal_leases.reversals_with_work(desk.portal.clock())) == [reversal]
    assert desk.work(reversal).state == "reversed"
    assert Lane.objects.get().lease_expires_at is None


def test_apply_answer_twice_is_the_same_as_once(desk: Desk) -> None:
    reversal = desk.work(desk.approved())
    before = list(Reversal.objects.values()), TrailEntry.objects.count()
    reversal_answers.apply_answer(ReversalAttempt.objects.get().pk, gateway=desk.portal.gateway)
    assert (list(Reversal.objects.values()), TrailEntry.objects.count()) == before
    assert reversal.state == "reversed"


def test_a_defect_holds_the_reversal(desk: Desk) -> None:
    reversal = desk.approved()
    reversing.hold_for_defect(reversal.pk)
    assert (desk.work(reversal).pause_code, desk.calls()) == ("defect", 0)
