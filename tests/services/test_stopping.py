"""Stop after this chunk: what is begun comes to its end, nothing else begins, and then the run pauses."""

import pytest

from allocations.domain.errors import NotAllowed, StateConflict
from allocations.models import Attempt, Run, TrailEntry
from allocations.services import draining, leases, planning, runs, sweeping
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


def stop(portal: Portal, run: Run) -> Run:
    runs.stop_after_chunk(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    return run


def stop_within_the_first_call(portal: Portal, run: Run) -> Run:
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        stop(portal, run)
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.drain(run)
    portal.gateway.client.allocate = real
    return run


def test_the_chunk_in_hand_is_finished_and_then_the_run_pauses(portal: Portal) -> None:
    run = stop_within_the_first_call(portal, portal.approved_run(rows=6))
    assert (run.state, run.pause_code) == ("paused", "stopped")
    assert (portal.states(run), Attempt.objects.count()) == (["credited"] * 2 + ["pending"] * 4, 1)
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 6)
    check_invariants(portal)


def test_what_is_unknown_in_it_is_resolved_before_the_pause(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_before")
    run = stop_within_the_first_call(portal, portal.approved_run(rows=4))
    assert (run.state, portal.states(run)) == ("running", ["unknown"] * 2 + ["pending"] * 2)
    portal.drain_after(run, minutes=1)
    assert Attempt.objects.count() == 1
    portal.drain_after(run, minutes=16)
    assert (run.state, run.pause_code, portal.states(run)) == (
        "paused",
        "stopped",
        ["credited"] * 2 + ["pending"] * 2,
    )
    check_invariants(portal)


def test_a_claim_without_an_intent_is_not_begun(portal: Portal) -> None:
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert stop(portal, run).pause_code == "stopped"
    draining.work_on(claim, gateway=portal.gateway)
    leases.release(claim)
    assert (portal.drain(run).state, portal.ledger()) == ("paused", {})


def test_a_queued_run_pauses_at_once_and_is_planned_after_the_resume(portal: Portal) -> None:
    run = stop(portal, portal.approved_run(rows=2))
    assert (run.state, run.pause_code) == ("paused", "stopped")
    runs.resume_run(portal.maker, run_id=run.pk)
    assert portal.drain(run).state == "settled"


def test_the_last_chunk_in_hand_ends_the_run(portal: Portal) -> None:
    run = stop_within_the_first_call(portal, portal.approved_run(rows=2))
    assert (run.state, run.pause_code) == ("settled", "")


def test_the_sweeper_rings_for_a_stopped_run_only_when_there_is_something_to_do(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = stop_within_the_first_call(portal, portal.approved_run(rows=4))
    portal.clock.forward(minutes=2)
    assert list(sweeping.runs_with_work(portal.clock())) == []
    portal.clock.forward(minutes=14)
    assert list(sweeping.runs_with_work(portal.clock())) == [run]


def test_stopping_twice_is_the_same_as_once(portal: Portal) -> None:
    run = stop(portal, stop(portal, portal.approved_run(rows=2)))
    events = TrailEntry.objects.filter(object_type="run").order_by("id")
    assert [(entry.event, entry.actor_id) for entry in events] == [
        ("run created", portal.approver.id),
        ("run stop requested", portal.maker.id),
        ("run pause", None),
    ]
    assert run.state == "paused"


def test_a_run_that_waits_for_people_sends_nothing_to_stop(portal: Portal) -> None:
    portal.sim.faults.push(kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=2))
    with pytest.raises(StateConflict, match=r"^The run sends nothing now"):
        stop(portal, run)


@pytest.mark.parametrize("roles", [(), ("auditor",), ("owner",)])
def test_only_admins_and_approvers_stop_a_run(portal: Portal, roles) -> None:
    run = portal.approved_run(rows=1)
    with pytest.raises(NotAllowed):
        runs.stop_after_chunk(actor(*roles), run_id=run.pk)
