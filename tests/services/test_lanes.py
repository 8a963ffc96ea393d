"""Several lanes of one account: who is called to work, and what the balance says while calls are in flight."""

from decimal import Decimal
from typing import Any

import pytest

from allocations import queue
from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.models import Account, Attempt, Chunk, Run
from allocations.services import answering, balances, draining, leases, planning
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_run", rung.append)
    return rung


def open_lanes(portal: Portal, lanes: int) -> None:
    for number in range(2, lanes + 1):
        portal.account.lanes.create(number=number)
    portal.sim.control.change(lanes=lanes)


def nested(portal: Portal, run: Run, *, workers: int) -> None:
    """Each worker drains while the call of the one before it is in flight."""
    inner = (lambda: nested(portal, run, workers=workers - 1)) if workers > 1 else (lambda: None)
    client: Any = Wrapped(portal.gateway.client, "allocate", before=inner)
    draining.drain_run(run.pk, gateway=with_client(portal, client, worker=f"worker {workers}").gateway)


@pytest.mark.parametrize(("lanes", "rings"), [(1, 0), (2, 1), (4, 3)])
def test_who_gets_a_lane_rings_for_the_next_one(portal: Portal, bells: list[int], lanes: int, rings: int) -> None:
    open_lanes(portal, lanes)
    run = portal.approved_run(rows=12)
    bells.clear()
    nested(portal, run, workers=lanes)
    assert bells == [run.pk] * rings


def test_nobody_is_called_when_no_chunk_is_left(portal: Portal, bells: list[int]) -> None:
    open_lanes(portal, 4)
    run = portal.approved_run(rows=2)
    bells.clear()
    portal.drain(run)
    assert (bells, run.state) == ([], "settled")


@pytest.mark.parametrize(("lanes", "workers", "peak"), [(1, 3, 1), (4, 2, 2), (4, 6, 4), (8, 8, 8)])
def test_no_more_calls_are_in_flight_than_lanes(portal: Portal, lanes: int, workers: int, peak: int) -> None:
    open_lanes(portal, lanes)
    run = portal.approved_run(rows=20)
    seen: list[int] = []
    real = portal.gateway.client.allocate

    def allocate(*args: Any, **options: Any) -> Any:
        seen.append(Attempt.objects.filter(state="intent").count())
        return real(*args, **options)

    client = Wrapped(portal.gateway.client, "nothing")
    client.allocate = allocate
    nested(with_client(portal, client), run, workers=workers)
    portal.drain(run)
    assert (max(seen), run.state, portal.states(run)) == (peak, "settled", ["credited"] * 20)
    assert portal.credited(run) == portal.ledger()
    assert Attempt.objects.count() == Chunk.objects.count() == 10
    check_invariants(portal)


def in_flight(portal: Portal, run: Run, then: Any) -> None:
    """`then` happens while the run's first call is in flight."""
    client = Wrapped(portal.gateway.client, "allocate", before=then)
    draining.drain_run(run.pk, gateway=with_client(portal, client, worker="first").gateway)


def test_points_of_calls_in_flight_are_not_spent_twice(portal: Portal) -> None:
    open_lanes(portal, 2)
    portal.sim.control.set_balance(300)
    run = portal.approved_run(rows=4)

    def another_tries() -> None:
        portal.drain(run)
        funds = balances.stored_funds(portal.account.pk, now=portal.clock(), timing=portal.gateway.timing)
        assert funds == balances.Funds(balance=Decimal(300), promised=200)
        assert (run.state, Attempt.objects.count()) == ("running", 1)

    in_flight(portal, run, another_tries)
    # The first call took its points: now it is sure that they do not suffice.
    portal.drain_after(run, seconds=6)
    assert (run.state, run.pause_code) == ("paused", "balance")
    assert portal.states(run) == ["credited", "credited", "pending", "pending"]


def test_a_balance_that_suffices_for_all_lanes_keeps_none_waiting(portal: Portal) -> None:
    open_lanes(portal, 2)
    portal.sim.control.set_balance(400)
    run = portal.approved_run(rows=4)
    in_flight(portal, run, lambda: portal.drain(run))
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)


def test_another_lane_that_spent_the_balance_meanwhile_is_seen_by_the_intent(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=2)
    planning.begin_run(run.pk, gateway=portal.gateway)
    Account.objects.update(balance=199, balance_at=portal.clock(), balance_stale=False)
    real = balances.balance_for_sending
    answers = iter([balances.Funds(balance=Decimal(1000), promised=0)])
    monkeypatch.setattr(balances, "balance_for_sending", lambda *a, **o: next(answers, None) or real(*a, **o))
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    draining.work_on(claim, gateway=portal.gateway)
    assert (Attempt.objects.count(), portal.states(run)) == (0, ["pending"] * 2)


def note(portal: Portal, told: int, **facts: bool) -> tuple[int, bool]:
    verdict = Verdict(0, Outcome.UNKNOWN if facts.get("unsure") else Outcome.CREDITED, account_balance=Decimal(told))
    answering._note_balance(portal.account, [verdict], now=portal.clock(), late=facts.get("late", False))
    portal.account.refresh_from_db()
    return int(portal.account.balance), portal.account.balance_stale


def test_answers_in_any_order_never_raise_a_sure_balance(portal: Portal) -> None:
    balances.read_balance(portal.account, gateway=portal.gateway)
    assert [note(portal, told) for told in (500, 700, 600, 400)] == [(500, False)] * 3 + [(400, False)]


def test_an_answer_does_not_make_an_unsure_balance_sure(portal: Portal) -> None:
    balances.read_balance(portal.account, gateway=portal.gateway)
    assert note(portal, 500, unsure=True) == (500, True)
    assert note(portal, 700) == (700, True)
    assert note(portal, 600, late=True) == (600, True)
    balances.read_balance(portal.account, gateway=portal.gateway)
    assert note(portal, 10**8) == (10**7, False)


def test_an_answer_noted_during_a_reading_is_not_forgotten(portal: Portal) -> None:
    balances.read_balance(portal.account, gateway=portal.gateway)

    def noted() -> None:
        portal.clock.forward(seconds=1)
        note(portal, 500)

    during = with_client(portal, Wrapped(portal.gateway.client, "account_details", after=noted))
    assert balances.read_balance(portal.account, gateway=during.gateway) == 500
    portal.clock.forward(seconds=1)
    assert balances.read_balance(portal.account, gateway=portal.gateway) == 10**7


def test_a_top_up_is_seen_before_the_run_pauses(portal: Portal) -> None:
    portal.sim.control.set_balance(200)
    run = portal.approved_run(rows=4)
    in_flight(portal, run, lambda: portal.sim.control.top_up(200))
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
