"""A late answer is stored, and its worker dies before anybody has read it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from allocations import queue
from allocations.domain.decisions import Decision
from allocations.domain.errors import StateConflict
from allocations.models import Attempt, ReversalAttempt, Row, Run, TrailEntry
from allocations.services import (
    answering,
    late_answers,
    proposals,
    reversal_answers,
    reversal_leases,
    reversing,
    runs,
    sweeping,
)
from allocations.services.proposals import Said
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.reversal_desk import check_reversals, open_desk
from tests.services.test_crash_points import Killed, Wrapped, die, overtaken, with_client

pytestmark = pytest.mark.django_db

LATE = "late answer applied"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(queue, "ring_run", lambda run_id: rung.append(("run", run_id)))
    monkeypatch.setattr(queue, "ring_reversal", lambda reversal_id: rung.append(("reversal", reversal_id)))
    return rung


def sweep(portal: Portal) -> None:
    sweeping.sweep(gateway=portal.gateway, every=timedelta(seconds=30))


def stored_unread(portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    real = answering.apply_answer

    def dies(*args: Any, late: bool = False, **options: Any) -> None:
        if late:
            raise Killed
        real(*args, **options)

    monkeypatch.setattr(answering, "apply_answer", dies)
    with pytest.raises(Killed):
        overtaken(portal, run)
    monkeypatch.setattr(answering, "apply_answer", real)
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.result, portal.states(run)) == ("resolved", "", ["unknown"] * 2)
    return attempt


def test_it_is_read_by_the_next_worker_of_the_run(portal: Portal, monkeypatch) -> None:
    """F15: EnKash's list never shows the credit, so the stored answer is the only proof."""
    run = portal.approved_run(rows=2)
    attempt = stored_unread(portal, run, monkeypatch)
    portal.sim.faults.push(kind="lookup_empty", times=9)
    portal.drain(run)
    attempt.refresh_from_db()
    assert (attempt.result, run.state, portal.credited(run)) == ("rows", "settled", portal.ledger())
    assert portal.sim.control.state()["requests"]["bulk"] == 1
    check_invariants(portal)


def test_it_is_read_once(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=2)
    stored_unread(portal, run, monkeypatch)
    attempts = list(late_answers.unread())
    portal.drain(run)
    for attempt in attempts:
        answering.apply_answer(attempt.pk, gateway=portal.gateway, late=True)
    portal.drain(run)
    assert TrailEntry.objects.filter(event=LATE).count() == 1
    assert not late_answers.runs_to_read().exists()


def test_the_sweeper_rings_for_it_although_the_run_is_paused(portal: Portal, monkeypatch, bells) -> None:
    run = portal.approved_run(rows=2)
    stored_unread(portal, run, monkeypatch)
    runs.pause_run(portal.maker, run_id=run.pk)
    bells.clear()
    sweep(portal)
    assert bells == [("run", run.pk)]
    portal.drain(run)
    assert (run.state, portal.credited(run)) == ("paused", portal.ledger())
    bells.clear()
    sweep(portal)
    assert bells == []


def test_people_cannot_call_its_rows_failed(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=2)
    stored_unread(portal, run, monkeypatch)
    run.chunks.update(state="people")
    monkeypatch.setattr(proposals, "database_now", lambda: portal.clock() + timedelta(hours=1))
    said = Said(
        decision=Decision.FAILED, statement="Not in its list", transaction_ids={2: "T2", 3: "T3"}, form_key=uuid4()
    )
    with pytest.raises(StateConflict, match="may still be at work"):
        proposals.propose(portal.approver, batch_id=run.batch_id, said=said)


def test_that_of_a_reversal_is_read_although_nothing_may_be_sent(portal: Portal, monkeypatch, bells) -> None:
    desk = open_desk(portal)
    reversal = desk.approved()

    def another_comes() -> None:
        portal.clock.forward(minutes=6)
        desk.work(reversal, portal=portal.as_worker("other"))

    client = Wrapped(portal.gateway.client, "allocate_single", after=another_comes)
    real = reversal_answers.apply_answer
    monkeypatch.setattr(reversal_answers, "apply_answer", lambda *_, **__: die())
    with pytest.raises(Killed):
        desk.work(reversal, portal=with_client(portal, client, worker="stopped"))
    monkeypatch.setattr(reversal_answers, "apply_answer", real)
    reversal.refresh_from_db()
    assert (reversal.state, ReversalAttempt.objects.get().state) == ("unknown", "resolved")
    monkeypatch.setattr(reversal_leases, "held_up", lambda: True)
    bells.clear()
    sweep(portal)
    assert bells == [("reversal", reversal.pk)]
    desk.work(reversal)
    desk.work(reversal)
    assert (reversal.state, reversal.evidence, desk.calls()) == ("reversed", "answer", 1)
    assert not late_answers.reversals_to_read().exists()
    check_reversals(desk)


def test_that_of_a_reversal_is_read_once(portal: Portal, monkeypatch) -> None:
    desk = open_desk(portal)
    desk.fault("whole_refusal", text="Card is blocked")
    reversal = desk.approved()

    def another_comes() -> None:
        portal.clock.forward(minutes=6)
        desk.work(reversal, portal=portal.as_worker("other"))

    client = Wrapped(portal.gateway.client, "allocate_single", after=another_comes)
    desk.work(reversal, portal=with_client(portal, client, worker="stopped"))
    told = TrailEntry.objects.filter(event="late answer kept")
    assert told.count() == 1
    reversal_answers.apply_answer(ReversalAttempt.objects.get().pk, gateway=portal.gateway)
    reversing.take_back(reversal.pk, gateway=portal.gateway)
    assert told.count() == 1
    assert Row.objects.get().state == "credited"
