""" "Already exists" is never a proof of a credit by itself: decision 0005."""

import pytest

from allocations.enkash.simulator.options import Profile
from allocations.enkash.simulator.people_failures import SHARE
from allocations.models import Row, Run
from allocations.services import reruns, runs
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def burning(portal: Portal, monkeypatch) -> Portal:
    """An EnKash that refuses everybody, uses up their references, and lists them as failed."""
    monkeypatch.setitem(SHARE, Profile.CLEAN, 1.0)
    portal.sim.control.change(burn_failed=True)
    return portal


def drain_often(portal: Portal, run: Run, times: int = 6) -> Row:
    for _ in range(times):
        portal.drain_after(run, minutes=16)
    return Row.objects.get()


def test_a_re_run_of_a_row_that_enkash_lists_as_failed_takes_no_duplicate_for_a_credit(burning: Portal) -> None:
    """The failure is on the row, not on the lost call that it was about."""
    burning.sim.faults.push(kind="error_after")
    run = burning.drain(burning.approved_run(rows=1))
    row = drain_often(burning, run, 1)
    assert (run.state, row.state, row.evidence) == ("settled", "failed", "look_up")
    again = burning.drain(reruns.rerun_failed_rows(burning.maker, batch_id=run.batch_id))
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("unknown", "duplicate_reference")
    row = drain_often(burning, again)
    assert (row.state, burning.ledger()) == ("failed", {})
    check_invariants(burning)


def test_a_lost_refusal_that_used_the_reference_up_is_no_credit_while_the_list_is_silent(burning: Portal) -> None:
    burning.sim.faults.push(kind="error_after")
    burning.sim.faults.push(kind="lookup_empty", times=5)
    run = burning.drain(burning.approved_run(rows=1))
    row = drain_often(burning, run, 2)
    assert (run.state, row.state, row.reason_code) == ("running", "unknown", "duplicate_reference")
    row = drain_often(burning, run)
    assert (run.state, row.state, row.evidence, burning.ledger()) == ("settled", "failed", "look_up", {})
    check_invariants(burning)


def test_a_lost_credit_is_found_as_soon_as_the_list_shows_it_and_not_sent_a_third_time(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    portal.sim.faults.push(kind="lookup_empty", times=5)
    run = portal.drain(portal.approved_run(rows=1))
    row = drain_often(portal, run, 5)
    assert (row.state, row.reason_code, row.tries) == ("unknown", "duplicate_reference", 2)
    row = drain_often(portal, run, 2)
    assert (run.state, row.state, row.evidence, row.tries) == ("settled", "credited", "look_up", 2)
    check_invariants(portal)


def test_a_failure_line_in_a_miscounted_answer_makes_no_credit_of_a_duplicate(burning: Portal) -> None:
    burning.sim.faults.push(kind="counts_wrong", success=0, failure=1)
    burning.sim.faults.push(kind="lookup_empty", times=999)
    run = burning.drain(burning.approved_run(rows=1))
    assert (run.pause_code, burning.states(run)) == ("counts", ["unknown"])
    runs.resume_run(burning.maker, run_id=run.pk)
    row = drain_often(burning, run)
    assert (run.state, row.state, row.reason_code) == ("running", "unknown", "duplicate_reference")
    burning.drain_after(run, minutes=24 * 60)
    assert (run.state, burning.states(run)) == ("attention", ["unknown"])
    check_invariants(burning)


@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 422, "text": "Bin Type is not mapped on PlanMaster"},
        {"status": 200, "text": "Insufficient balance in card account"},
    ],
    ids=["refused", "insufficient"],
)
def test_a_call_that_was_refused_as_a_whole_makes_no_credit_of_a_duplicate(portal: Portal, refusal) -> None:
    portal.sim.faults.push(kind="whole_refusal", **refusal)
    run = portal.drain(portal.approved_run(rows=1))
    assert run.state == "paused"
    portal.sim.faults.push(kind="lookup_empty", times=999)
    portal.sim.faults.push(kind="already_exists_first", times=9)
    runs.resume_run(portal.maker, run_id=run.pk)
    row = drain_often(portal, run)
    assert (run.state, row.state, row.reason_code) == ("running", "unknown", "duplicate_reference")
    check_invariants(portal)


def test_a_failure_listed_from_an_earlier_run_fails_no_lost_call(portal: Portal, monkeypatch) -> None:
    """EnKash takes a reference again that it lists as failed, and lists the credit late."""
    portal.sim.control.change(burn_failed=True)
    monkeypatch.setitem(SHARE, Profile.CLEAN, 1.0)
    run = portal.drain(portal.approved_run(rows=1))
    assert portal.states(run) == ["failed"]
    monkeypatch.setitem(SHARE, Profile.CLEAN, 0.0)
    row = Row.objects.get()
    ledger = portal.sim.ledger.by_reference
    failure = ledger.pop(row.reference)
    portal.sim.faults.push(kind="error_after")
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    credit = ledger[row.reference]
    ledger[row.reference] = failure
    row = drain_often(portal, again, 3)
    assert (again.state, row.state) == ("running", "unknown")
    ledger[row.reference] = failure + credit
    row = drain_often(portal, again, 1)
    assert (again.state, row.state, row.evidence) == ("settled", "credited", "look_up")
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)


def test_a_failure_that_may_be_an_earlier_run_s_goes_to_people_at_last(burning: Portal) -> None:
    run = burning.drain(burning.approved_run(rows=1))
    burning.sim.faults.push(kind="error_after")
    again = burning.drain(reruns.rerun_failed_rows(burning.maker, batch_id=run.batch_id))
    assert drain_often(burning, again, 2).state == "unknown"
    burning.clock.forward(hours=24)
    burning.drain(again)
    assert (again.state, burning.states(again)) == ("attention", ["unknown"])
    check_invariants(burning)
