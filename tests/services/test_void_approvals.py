"""Between the vote and the run: an approval that does not hold any more sends nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User

from allocations.models import Attempt, Run, TrailEntry
from allocations.services import approval, cancelling, planning, runs, submission
from allocations.services.approval import approve_batch
from allocations.services.reruns import rerun_failed_rows
from allocations.services.submission import submit_batch
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_clock(portal: Portal, monkeypatch) -> None:
    """People's clicks go by the clock that the test moves."""
    for service in (submission, approval, runs, cancelling):
        monkeypatch.setattr(service, "database_now", portal.clock)


def demote(portal: Portal) -> None:
    User.objects.get(pk=portal.approver.id).groups.clear()


def deactivate(portal: Portal) -> None:
    User.objects.filter(pk=portal.approver.id).update(is_active=False)


def age(portal: Portal) -> None:
    portal.clock.forward(days=7, seconds=1)


VOID = [(demote, "unapproved"), (deactivate, "unapproved"), (age, "lapsed")]


@pytest.mark.parametrize(("change", "code"), VOID)
def test_a_run_does_not_begin_on_a_void_approval(portal: Portal, change, code: str) -> None:
    run = portal.approved_run(rows=3)
    change(portal)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", code, {})
    assert (Attempt.objects.count(), run.started_at, run.chunks.count()) == (0, None, 0)
    assert TrailEntry.objects.get(event="run pause").data["why"] == code


@pytest.mark.parametrize(("change", "code"), VOID)
def test_resuming_does_not_get_around_it(portal: Portal, change, code: str) -> None:
    run = portal.approved_run(rows=2)
    change(portal)
    portal.drain(run)
    for _ in range(2):
        runs.resume_run(portal.maker, run_id=run.pk)
        assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", code, {})


@pytest.mark.parametrize(("change", "code"), VOID)
def test_what_was_not_sent_can_be_cancelled(portal: Portal, change, code: str) -> None:
    run = portal.approved_run(rows=3)
    change(portal)
    portal.drain(run)
    cancelling.cancel_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    assert (portal.drain(run).state, portal.states(run), portal.ledger()) == ("settled", ["cancelled"] * 3, {})
    check_invariants(portal)


def test_a_run_begins_on_the_last_day(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    assert portal.drain_after(run, days=6, hours=23).state == "settled"


def test_who_has_the_role_again_counts_again(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    demote(portal)
    portal.drain(run)
    User.objects.get(pk=portal.approver.id).groups.add(Group.objects.get(name="approver"))
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 2)


def test_a_run_that_was_to_begin_later_has_its_days_from_then_on(portal: Portal) -> None:
    start_at = portal.clock() + timedelta(days=20)
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk, start_at=start_at)
    run: Run = approve_batch(portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)
    assert portal.drain_after(run, days=26).state == "settled"


def test_a_setting_says_how_long_it_holds(portal: Portal, settings) -> None:
    settings.APPROVAL_DAYS = 1
    run = portal.approved_run(rows=2)
    assert portal.drain_after(run, days=1, seconds=1).pause_code == "lapsed"


@pytest.mark.parametrize(("change", "code"), VOID)
def test_a_run_under_way_goes_on(portal: Portal, change, code: str) -> None:
    """Half a list is worse than a list; people can pause or stop it."""
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    change(portal)
    assert (portal.drain(run).state, code in run.pause_code) == ("settled", False)


@pytest.mark.parametrize(("change", "code"), VOID)
def test_a_re_run_stands_on_the_run_before_it(portal: Portal, change, code: str) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=1)
    run = portal.drain(portal.approved_run(rows=2))
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited", "failed"])
    change(portal)
    again = rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    assert (portal.drain(again).state, code in again.pause_code) == ("settled", False)
