"""A worker with a reversal dies at every instant around the call, is overtaken, or meets a defect."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from allocations.enkash.errors import BadCertificate, NotSent
from allocations.gateway import secrets
from allocations.models import Reversal, ReversalAttempt
from allocations.services import reversal_answers, reversal_leases, reversal_recovery, reversals, reversing
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, check_reversals, open_desk
from tests.services.test_crash_points import Killed, NeverInTransaction, Wrapped, die, with_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


@pytest.fixture
def no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process gives no lease back."""
    real = reversal_leases.release
    monkeypatch.setattr(reversal_leases, "release", lambda claim: None if claim.owner == "dies" else real(claim))


def kill_at(desk: Desk, reversal: Reversal, method: str, **when: Any) -> None:
    dying = with_client(desk.portal, Wrapped(desk.portal.gateway.client, method, **when))
    with pytest.raises(Killed):
        reversing.take_back(reversal.pk, gateway=dying.gateway)
    reversal.refresh_from_db()


def finish(desk: Desk, reversal: Reversal) -> None:
    for _ in range(5):
        desk.work_after(reversal, minutes=21)
    assert (reversal.state, reversal.transaction_id) == ("reversed", desk.debits()[reversal.reference][0])
    check_reversals(desk)


def test_killed_at_a_before_the_intent_leaves_nothing(desk: Desk, no_release) -> None:
    reversal = desk.approved()
    kill_at(desk, reversal, "token", before=die)
    assert (reversal.state, desk.attempts()) == ("approved", [])
    assert desk.work_after(reversal, minutes=4).state == "approved"
    finish(desk, reversal)
    assert desk.attempts() == ["applied"]


def test_killed_at_b_before_the_first_byte_sends_again_after_the_quiet_time(desk: Desk, no_release) -> None:
    reversal = desk.approved()
    kill_at(desk, reversal, "allocate_single", before=die)
    assert (reversal.state, desk.attempts()) == ("sending", ["intent"])
    lease_ends = reversal.lease_expires_at
    desk.work_after(reversal, minutes=6)
    assert (reversal.state, reversal.quiet_since, desk.debits()) == ("unknown", lease_ends, {})
    desk.work_after(reversal, minutes=13)
    assert desk.attempts() == ["unknown"]
    finish(desk, reversal)
    assert desk.attempts() == ["resolved", "applied"]


@pytest.mark.parametrize("kind", ["", "error_after", "error_before"])
def test_killed_at_c_to_e_with_the_request_on_its_way_debits_once(desk: Desk, no_release, kind: str) -> None:
    if kind:
        desk.fault(kind)
    reversal = desk.approved()
    kill_at(desk, reversal, "allocate_single", after=die)
    assert desk.attempts() == ["intent"]
    finish(desk, reversal)


def test_killed_while_a_lost_call_is_recorded_debits_once(desk: Desk, no_release, monkeypatch) -> None:
    desk.fault("drop_after")
    reversal = desk.approved()
    with monkeypatch.context() as patched:
        patched.setattr(reversing, "_close", lambda *_, **__: die())
        kill_at(desk, reversal, "nothing")
    assert desk.attempts() == ["intent"]
    finish(desk, reversal)


def test_killed_at_f_with_the_answer_stored_makes_no_new_call(desk: Desk, no_release, monkeypatch) -> None:
    reversal = desk.approved()
    with monkeypatch.context() as patched:
        patched.setattr(reversal_answers, "apply_answer", lambda *_, **__: die())
        kill_at(desk, reversal, "nothing")
    assert (reversal.state, desk.attempts()) == ("sending", ["answered"])
    desk.work_after(reversal, minutes=6)
    assert (reversal.state, desk.attempts(), desk.calls()) == ("reversed", ["applied"], 1)
    check_reversals(desk)


def test_killed_at_g_before_the_release_sends_nothing_more(desk: Desk, no_release) -> None:
    reversal = desk.approved()
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, desk.portal.gateway.client).gateway)
    finish(desk, reversal)
    assert desk.calls() == 1


def test_killed_during_the_look_up_looks_up_again(desk: Desk, no_release) -> None:
    desk.fault("error_after")
    reversal = desk.work(desk.approved())
    desk.portal.clock.forward(minutes=16)
    kill_at(desk, reversal, "find_transactions", after=die)
    finish(desk, reversal)
    assert desk.calls() == 1


def test_killed_between_the_resend_and_its_answer_debits_once(desk: Desk, no_release) -> None:
    desk.fault("error_before")
    reversal = desk.work(desk.approved())
    desk.portal.clock.forward(minutes=16)
    kill_at(desk, reversal, "allocate_single", after=die)
    finish(desk, reversal)
    assert desk.calls() == 2


def test_a_worker_held_up_after_its_intent_sends_nothing(desk: Desk, monkeypatch) -> None:
    reversal = desk.approved()
    real = reversing._write_intent

    def slow(*args: Any, **options: Any) -> Any:
        intent = real(*args, **options)
        desk.portal.clock.forward(minutes=4)
        return intent

    with monkeypatch.context() as patched:
        patched.setattr(reversing, "_write_intent", slow)
        desk.work(reversal)
    assert (reversal.state, reversal.tries, desk.attempts(), desk.calls()) == ("approved", 0, ["not_sent"], 0)
    assert desk.work_after(reversal, minutes=1).state == "reversed"
    check_reversals(desk)


def test_what_was_lost_before_stays_unknown_when_the_resend_never_left(desk: Desk, monkeypatch) -> None:
    desk.fault("error_before")
    reversal = desk.work(desk.approved())
    real = reversing._write_intent

    def slow(*args: Any, **options: Any) -> Any:
        intent = real(*args, **options)
        desk.portal.clock.forward(minutes=4)
        return intent

    with monkeypatch.context() as patched:
        patched.setattr(reversing, "_write_intent", slow)
        desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.tries, desk.attempts()) == ("unknown", 1, ["unknown", "not_sent"])
    finish(desk, reversal)


def test_a_worker_slow_before_its_intent_gives_up(desk: Desk) -> None:
    slow = Wrapped(desk.portal.gateway.client, "token", after=lambda: desk.portal.clock.forward(minutes=2))
    reversal = desk.approved()
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, slow).gateway)
    assert (desk.attempts(), desk.work(reversal).state) == ([], "reversed")


def test_a_reversal_that_is_withdrawn_during_the_login_is_not_sent(desk: Desk) -> None:
    reversal = desk.approved()
    meanwhile = Wrapped(
        desk.portal.gateway.client,
        "token",
        after=lambda: reversals.withdraw_reversal(desk.portal.maker, reversal_id=reversal.pk),
    )
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, meanwhile).gateway)
    reversal.refresh_from_db()
    assert (reversal.state, desk.attempts(), desk.calls()) == ("withdrawn", [], 0)


@pytest.mark.parametrize(("error", "held"), [(NotSent, ""), (BadCertificate, "certificate")])
def test_a_call_that_never_left_is_as_if_it_was_not_made(desk: Desk, error: type[NotSent], held: str) -> None:
    def refuse() -> None:
        raise error("No connection.")

    reversal = desk.approved()
    cut = Wrapped(desk.portal.gateway.client, "allocate_single", before=refuse)
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, cut).gateway)
    reversal.refresh_from_db()
    assert (reversal.state, reversal.tries, reversal.pause_code) == ("approved", 0, held)
    assert desk.attempts() == ["not_sent"]


def overtaken(desk: Desk, reversal: Reversal, *, then: Callable[[], None] = lambda: None, recover: bool = True) -> None:
    """Works as a worker that is stopped within its call until another one has taken the reversal over."""

    def another_comes() -> None:
        desk.portal.clock.forward(minutes=6)
        other = desk.portal.as_worker("other")
        claim = reversal_leases.claim_reversal(reversal.pk, gateway=other.gateway)
        if recover:
            reversing.work_on(claim, gateway=other.gateway)
            reversal_leases.release(claim)
        then()

    stopped = Wrapped(desk.portal.gateway.client, "allocate_single", after=another_comes)
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, stopped, worker="stopped").gateway)
    reversal.refresh_from_db()


def test_a_zombie_brings_late_success_which_counts(desk: Desk) -> None:
    reversal = desk.approved()
    overtaken(desk, reversal)
    assert (reversal.state, desk.attempts()) == ("reversed", ["resolved"])
    finish(desk, reversal)
    assert desk.calls() == 1


def test_a_zombie_brings_late_failure_which_is_only_kept(desk: Desk) -> None:
    desk.fault("whole_refusal", text="Card is blocked")
    reversal = desk.approved()
    overtaken(desk, reversal)
    assert (reversal.state, desk.attempts()) == ("unknown", ["resolved"])
    assert ReversalAttempt.objects.get().body is not None
    finish(desk, reversal)


def test_a_zombie_answers_before_its_intent_was_given_up(desk: Desk) -> None:
    reversal = desk.approved()
    overtaken(desk, reversal, recover=False)
    assert (reversal.state, desk.attempts()) == ("reversed", ["applied"])
    finish(desk, reversal)


def test_a_zombie_answers_after_a_look_up_had_settled_it(desk: Desk) -> None:
    reversal = desk.approved()

    def settle() -> None:
        desk.portal.clock.forward(minutes=21)
        desk.work(reversal, portal=desk.portal.as_worker("other"))

    overtaken(desk, reversal, then=settle)
    assert (reversal.state, reversal.evidence) == ("reversed", "look_up")
    assert ReversalAttempt.objects.get().body is not None
    check_reversals(desk)


def test_a_zombie_s_answer_proves_what_a_duplicate_did_not(desk: Desk) -> None:
    desk.portal.sim.faults.push(kind="lookup_empty", times=9)
    reversal = desk.approved()

    def meet_the_duplicate() -> None:
        desk.portal.clock.forward(minutes=21)
        desk.work(reversal, portal=desk.portal.as_worker("other"))
        assert (reversal.state, reversal.doubt) == ("unknown", "refused_after_loss")

    overtaken(desk, reversal, then=meet_the_duplicate)
    assert reversal.transaction_id == desk.debits()[reversal.reference][0]
    check_reversals(desk)


def test_an_overtaken_worker_does_not_act_on_its_look_up(desk: Desk) -> None:
    desk.fault("error_after")
    reversal = desk.work(desk.approved())
    desk.portal.clock.forward(minutes=16)
    zombie = reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.gateway)
    desk.portal.clock.forward(minutes=6)
    other = reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.as_worker("other").gateway)
    reversing.work_on(zombie, gateway=desk.portal.gateway)
    reversal.refresh_from_db()
    assert reversal.state == "unknown"
    reversing.work_on(other, gateway=desk.portal.gateway)
    reversal.refresh_from_db()
    assert reversal.state == "reversed"


def test_an_overtaken_worker_gives_up_no_intent_of_another(desk: Desk) -> None:
    reversal = desk.approved()
    zombie = reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.gateway)
    desk.portal.clock.forward(minutes=6)
    wakes = Wrapped(
        desk.portal.gateway.client,
        "allocate_single",
        before=lambda: reversing.work_on(zombie, gateway=desk.portal.gateway),
    )
    desk.work(reversal, portal=with_client(desk.portal, wakes, worker="other"))
    assert (reversal.state, desk.attempts(), desk.calls()) == ("reversed", ["applied"], 1)


def test_an_overtaken_worker_that_lost_its_call_records_nothing(desk: Desk) -> None:
    desk.fault("drop_after")
    reversal = desk.approved()

    def another_comes() -> None:
        desk.portal.clock.forward(minutes=6)
        reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.as_worker("other").gateway)

    stopped = Wrapped(desk.portal.gateway.client, "allocate_single", before=another_comes)
    reversing.take_back(reversal.pk, gateway=with_client(desk.portal, stopped, worker="stopped").gateway)
    assert (desk.work(reversal).state, desk.attempts()) == ("sending", ["intent"])
    finish(desk, reversal)


@pytest.mark.parametrize("kind", ["error_after", "unauthorized", "throttle", "drop_before"])
def test_no_call_is_made_inside_a_transaction(desk: Desk, kind: str) -> None:
    desk.fault(kind)
    depth = len(connection.savepoint_ids) + connection.in_atomic_block
    strict = with_client(desk.portal, NeverInTransaction(desk.portal.gateway.client, depth), worker="strict")
    reversal = desk.approved()
    for _ in range(4):
        desk.portal.clock.forward(minutes=16)
        desk.work(reversal, portal=strict)
    assert reversal.state == "reversed"
    check_reversals(desk)


def test_an_answer_that_is_kept_while_its_intent_is_being_given_up_wins(desk: Desk, no_release, monkeypatch) -> None:
    answers: list[Any] = []
    reversal = desk.approved()
    with monkeypatch.context() as patched:
        patched.setattr(
            reversal_answers, "keep_answer", lambda attempt, raw, **_: answers.append((attempt, raw)) or die()
        )
        kill_at(desk, reversal, "nothing")
    real = reversal_recovery.locked_reversal

    def meanwhile(reversal_id: int) -> Reversal:
        if answers:
            attempt, raw = answers.pop()
            ReversalAttempt.objects.filter(pk=attempt.pk).update(
                state="answered",
                answered_at=desk.portal.clock(),
                http_status=raw.status,
                body=secrets.encrypt(raw.body),
            )
        return real(reversal_id)

    monkeypatch.setattr(reversal_recovery, "locked_reversal", meanwhile)
    desk.work_after(reversal, minutes=6)
    assert (reversal.state, desk.attempts()) == ("sending", ["answered"])
    desk.work(reversal)
    assert (reversal.state, desk.attempts(), desk.calls()) == ("reversed", ["applied"], 1)
    check_reversals(desk)
