"""A disputed reversal: only EnKash's list can decide it, and no call goes out for it again."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from allocations.enkash.transport import RawAnswer
from allocations.models import Reversal, TrailEntry
from allocations.services import reversal_answers, reversals, reversing
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, check_reversals, open_desk
from tests.services.test_crash_points import Wrapped, with_client
from tests.services.test_reversal_crashes import finish, overtaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


def altered(raw: RawAnswer, **fields: str) -> RawAnswer:
    """The answer with other values in its payload, by their names in lower case."""
    body = json.loads(raw.body)
    kept = {name: value for name, value in body["payload"].items() if name.lower() not in fields}
    return replace(raw, body=json.dumps(body | {"payload": kept | fields}).encode())


class Altering:
    """A client whose answers to the single call are changed on their way."""

    def __init__(self, client: Any, change: Callable[[RawAnswer], RawAnswer]) -> None:
        self.client, self.change = client, change

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.client, name)
        return (lambda *args, **options: self.change(real(*args, **options))) if name == "allocate_single" else real


def another_card(raw: RawAnswer) -> RawAnswer:
    return altered(raw, enkashcardid="EKC999")


def disputed(desk: Desk) -> Reversal:
    """EnKash has debited it, but its answer names another card."""
    reversal = desk.approved(60)
    desk.work(reversal, portal=with_client(desk.portal, Altering(desk.portal.gateway.client, another_card)))
    assert (reversal.state, reversal.doubt) == ("disputed", "person_differs")
    return reversal


def ask_again(desk: Desk, reversal: Reversal) -> None:
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)


def test_the_answer_s_transaction_id_is_kept_with_the_dispute(desk: Desk) -> None:
    reversal = disputed(desk)
    assert reversal.transaction_id == desk.debits()[reversal.reference][0]


def test_no_resume_sends_it_again_when_the_list_shows_nothing(desk: Desk) -> None:
    reversal = disputed(desk)
    desk.portal.sim.faults.push(kind="lookup_empty", times=9)
    for _ in range(3):
        ask_again(desk, reversal)
        desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.doubt, reversal.evidence) == ("disputed", "person_differs", "")
    assert (desk.calls(), desk.attempts(), reversal.next_action_at) == (1, ["applied"], None)
    assert len(desk.portal.sim.faults.waiting()["transactions"]) == 6


def test_it_is_asked_about_when_the_quiet_time_is_over(desk: Desk) -> None:
    reversal = disputed(desk)
    ask_again(desk, reversal)
    desk.work_after(reversal, minutes=1)
    assert (reversal.state, reversal.next_action_at) == ("disputed", reversal.quiet_since + quiet(desk))
    desk.work_after(reversal, minutes=15)
    assert (reversal.state, reversal.evidence, desk.calls()) == ("reversed", "look_up", 1)
    check_reversals(desk)


def quiet(desk: Desk) -> Any:
    return desk.portal.gateway.timing.recovery.quiet


def test_look_ups_without_an_answer_are_repeated_and_then_wait_for_people(desk: Desk) -> None:
    reversal = disputed(desk)
    desk.portal.sim.faults.push(kind="lookup_down", times=3)
    desk.portal.clock.forward(minutes=16)
    ask_again(desk, reversal)
    for failed in (1, 2, 3):
        desk.work_after(reversal, minutes=2)
        assert (reversal.state, reversal.lookups_failed) == ("disputed", failed)
    assert reversal.next_action_at is None
    ask_again(desk, reversal)
    assert desk.work_after(reversal, minutes=1).state == "reversed"


def test_another_contradiction_is_told_and_leaves_it_disputed(desk: Desk) -> None:
    reversal = disputed(desk)
    desk.portal.sim.faults.push(kind="lookup_other_amount")
    ask_again(desk, reversal)
    desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.doubt) == ("disputed", "amount_differs")


def test_a_failure_in_the_list_does_not_outweigh_an_answer_that_said_done(desk: Desk) -> None:
    reversal = disputed(desk)
    desk.portal.sim.faults.push(kind="lookup_status", status="FAILED")
    ask_again(desk, reversal)
    desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.doubt) == ("disputed", "person_differs")
    with pytest.raises(reversals.InvalidInput, match="Enter at most 40"):
        desk.proposed(60)


def test_what_enkash_had_not_finished_fails_when_it_says_so(desk: Desk) -> None:
    desk.fault("error_after")
    desk.portal.sim.faults.push(kind="lookup_status", times=2)
    reversal = desk.work(desk.approved())
    desk.work_after(reversal, minutes=16)
    desk.work_after(reversal, hours=24)
    assert (reversal.state, reversal.doubt) == ("disputed", "undecided_at_enkash")
    desk.portal.sim.faults.push(kind="lookup_status", status="FAILED")
    ask_again(desk, reversal)
    assert desk.work(reversal).state == "failed"


def test_an_overtaken_worker_does_not_decide_it(desk: Desk) -> None:
    reversal = disputed(desk)
    desk.portal.clock.forward(minutes=16)
    ask_again(desk, reversal)

    def another_comes() -> None:
        Reversal.objects.update(lease_owner="other")

    slow = Wrapped(desk.portal.gateway.client, "find_transactions", after=another_comes)
    desk.work(reversal, portal=with_client(desk.portal, slow))
    assert reversal.state == "disputed"


def late_contradiction(desk: Desk, reversal: Reversal, *, then: Callable[[], None] = lambda: None) -> None:
    """A worker that was given up brings an answer that names another card."""
    altering = Altering(desk.portal.gateway.client, another_card)
    overtaken(replace(desk, portal=with_client(desk.portal, altering)), reversal, then=then)


def test_a_late_answer_that_contradicts_stops_the_resends(desk: Desk) -> None:
    reversal = desk.approved(60)
    late_contradiction(desk, reversal)
    assert (reversal.state, reversal.doubt, desk.attempts()) == ("disputed", "person_differs", ["resolved"])
    desk.work_after(reversal, hours=1)
    assert desk.calls() == 1


def test_a_duplicate_proves_nothing_after_an_answer_that_contradicts(desk: Desk) -> None:
    """The late answer comes while the second call is on its way, which EnKash refuses as known."""
    desk.portal.sim.faults.push(kind="lookup_empty", times=9)
    reversal = desk.approved(60)
    late: list[Callable[[], None]] = []

    def resend() -> None:
        desk.portal.clock.forward(minutes=21)
        between = Wrapped(desk.portal.gateway.client, "allocate_single", after=late.pop())
        reversing.take_back(reversal.pk, gateway=with_client(desk.portal, between, worker="second").gateway)

    real = reversal_answers.keep_answer

    def hold_back(attempt: Any, raw: RawAnswer, **options: Any) -> bool:
        if attempt.number == 1:
            late.append(lambda: bring(attempt, raw, options))
            resend()
            return False
        return real(attempt, raw, **options)

    def bring(attempt: Any, raw: RawAnswer, options: dict[str, Any]) -> None:
        real(attempt, raw, **options)
        reversal_answers.apply_answer(attempt.pk, gateway=desk.portal.gateway)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reversal_answers, "keep_answer", hold_back)
        late_contradiction(desk, reversal)
    assert (desk.calls(), reversal.state, reversal.doubt) == (2, "disputed", "person_differs")
    assert TrailEntry.objects.filter(event="reversal dispute", object_id=reversal.pk).count() == 1


def test_late_success_still_settles_a_dispute(desk: Desk) -> None:
    desk.portal.sim.faults.push(kind="lookup_other_amount")
    reversal = desk.approved(60)

    def dispute() -> None:
        desk.portal.clock.forward(minutes=21)
        desk.work(reversal, portal=desk.portal.as_worker("other"))
        assert (reversal.state, reversal.doubt) == ("disputed", "amount_differs")

    overtaken(desk, reversal, then=dispute)
    assert (reversal.state, reversal.evidence) == ("reversed", "answer")
    finish(desk, reversal)
