"""What a call was to take is held back from other runs, but not for ever where nobody will end that call."""

import pytest

from allocations.models import Attempt, Run, TrailEntry
from allocations.services import draining, runs
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Killed, Wrapped, die, with_client

pytestmark = pytest.mark.django_db

BALANCE = 1000


def abandoned(portal: Portal, **when) -> Run:
    """Its only call, over 900 of 1000 points, ends with its worker, and then somebody pauses it."""
    portal.sim.control.set_balance(BALANCE)
    portal.account.lanes.create(number=2)
    run = portal.approved_run(rows=1, amount=BALANCE - 100)
    dying = with_client(portal, Wrapped(portal.gateway.client, "allocate", **when))
    with pytest.raises(Killed):
        draining.drain_run(run.pk, gateway=dying.gateway)
    runs.pause_run(portal.maker, run_id=run.pk)
    return run


def waited(portal: Portal, run: Run, *, rounds: int) -> int:
    """How often EnKash was asked for the balance meanwhile."""
    before = portal.sim.control.state()["requests"].get("account", 0)
    for _ in range(rounds):
        portal.drain_after(run, minutes=1)
    return int(portal.sim.control.state()["requests"].get("account", 0)) - before


def test_another_run_goes_on_when_the_abandoned_call_is_over_and_the_balance_was_read_since(portal: Portal) -> None:
    first = abandoned(portal, before=die)
    second = portal.approved_run(rows=1, amount=200)
    asked = waited(portal, second, rounds=24)
    assert (second.state, portal.states(second)) == ("running", ["pending"])
    waited(portal, second, rounds=6)
    assert (second.state, portal.states(second)) == ("settled", ["credited"])
    assert Attempt.objects.get(chunk__run=first).state == "intent"
    told = TrailEntry.objects.filter(event="chunk waits for a call of another run")
    assert {entry.data["waits_for_run"] for entry in told} == {first.pk}
    # It is said, and asked, every five minutes, not every five seconds.
    assert told.count() <= 5 < asked <= 12
    runs.resume_run(portal.maker, run_id=first.pk)
    portal.drain(first)
    assert portal.states(first) == ["unknown"]
    check_invariants(portal)


def test_another_run_pauses_if_the_abandoned_call_took_the_points(portal: Portal) -> None:
    abandoned(portal, after=die)
    second = portal.approved_run(rows=1, amount=200)
    portal.drain(second)
    assert (second.state, second.pause_code) == ("paused", "balance")


def test_a_balance_from_before_the_end_of_the_call_still_counts_it(portal: Portal) -> None:
    abandoned(portal, before=die)
    portal.account.refresh_from_db()
    second = portal.approved_run(rows=1, amount=200)
    portal.sim.faults.push(kind="balance_down", times=2)
    portal.clock.forward(minutes=30)
    portal.drain(second)
    assert Attempt.objects.filter(chunk__run=second).count() == 0
    waited(portal, second, rounds=2)
    assert portal.states(second) == ["credited"]
