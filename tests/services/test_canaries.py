"""The first rows go alone, and the rest follows when EnKash's own list shows their credits."""

from dataclasses import replace

import pytest

from allocations.models import Attempt, Run, TrailEntry
from allocations.services import canaries, leases, planning, runs, sweeping
from allocations.services.cancelling import cancel_run
from allocations.services.freezes import freeze_sending
from allocations.services.reruns import rerun_failed_rows
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def canary(settings, portal: Portal) -> None:
    settings.ENKASH_CANARY_ROWS = 2
    portal.account.chunk_size = 3
    portal.account.save()


def resume(portal: Portal, run: Run) -> Run:
    runs.resume_run(portal.maker, run_id=run.pk)
    return portal.drain(run)


def sizes(run: Run) -> list[int]:
    return list(run.chunks.order_by("number").values_list("row_count", flat=True))


def test_the_canary_is_verified_and_the_rest_follows(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=7))
    assert (run.state, run.canary, sizes(run)) == ("settled", "verified", [2, 3, 2])
    assert portal.sim.control.state()["requests"]["transactions"] == 1
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)


@pytest.mark.parametrize(("setting", "rows", "expected"), [(2, 2, [2]), (0, 4, [3, 1]), (9, 3, [3]), (9, 4, [3, 1])])
def test_a_run_no_larger_than_its_canary_needs_none(portal: Portal, settings, setting, rows, expected) -> None:
    settings.ENKASH_CANARY_ROWS = setting
    run = portal.drain(portal.approved_run(rows=rows))
    assert (run.state, sizes(run)) == ("settled", expected)
    assert run.canary == ("verified" if setting and rows == 4 else "")


def test_only_the_canary_can_be_claimed_before_it_is_verified(portal: Portal) -> None:
    run = portal.approved_run(rows=5)
    planning.begin_run(run.pk, gateway=portal.gateway)
    portal.account.lanes.create(number=2)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert claim is not None
    assert leases.claim_next_chunk(run.pk, gateway=portal.gateway) is None
    assert not canaries.verify_canary(run.pk, gateway=portal.gateway)


def test_a_list_that_lags_is_asked_again(portal: Portal) -> None:
    portal.sim.faults.push(kind="lookup_empty")
    run = portal.drain(portal.approved_run(rows=5))
    assert (run.state, run.canary, run.canary_checks) == ("running", "waiting", 1)
    assert portal.states(run) == ["credited"] * 2 + ["pending"] * 3
    assert list(sweeping.runs_with_work(portal.clock())) == []
    portal.clock.forward(seconds=6)
    assert list(sweeping.runs_with_work(portal.clock())) == [run]
    assert (portal.drain(run).state, run.canary) == ("settled", "verified")


@pytest.mark.parametrize(
    ("kind", "why"), [("lookup_empty", "does not show 2 of 2 credits"), ("lookup_down", "list could not be read")]
)
def test_a_list_that_never_shows_them_pauses_and_a_person_accepts(portal: Portal, kind: str, why: str) -> None:
    portal.sim.faults.push(kind=kind, endpoint="transactions", times=99)
    run = portal.drain(portal.approved_run(rows=5))
    for _ in range(6):
        portal.drain_after(run, minutes=2)
    assert (run.state, run.pause_code, Attempt.objects.count()) == ("paused", "canary", 1)
    assert why in run.pause_text
    assert (resume(portal, run).state, run.canary, portal.states(run)) == ("settled", "accepted", ["credited"] * 5)
    check_invariants(portal)


def test_a_list_that_contradicts_them_pauses_at_once(portal: Portal) -> None:
    real = portal.gateway.client.find_transactions

    def find(*args, **options):
        return [replace(each, amount=999) for each in real(*args, **options)]

    portal.gateway.client.find_transactions = find
    run = portal.drain(portal.approved_run(rows=5))
    assert (run.state, run.pause_code, Attempt.objects.count()) == ("paused", "canary", 1)
    assert "EnKash's list contradicts 2 of 2 credits" in run.pause_text


def test_a_canary_without_a_credit_pauses(portal: Portal) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.drain(portal.approved_run(rows=5))
    resume(portal, run)
    assert (run.state, run.pause_code) == ("paused", "canary")
    assert "none of 2 rows was credited" in run.pause_text
    assert portal.states(run) == ["failed"] * 2 + ["pending"] * 3


def test_an_unknown_canary_is_resolved_before_anything_follows(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=5))
    portal.drain_after(run, minutes=2)
    assert (portal.states(run), Attempt.objects.count()) == (["unknown"] * 2 + ["pending"] * 3, 1)
    portal.drain_after(run, minutes=15)
    assert (run.state, run.canary) == ("settled", "verified")
    check_invariants(portal)


def test_a_canary_in_doubt_pauses_instead_of_waiting_for_ever(portal: Portal) -> None:
    portal.sim.faults.push(kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=5))
    assert (run.state, run.pause_code) == ("paused", "canary")
    assert "1 of 2 rows are in doubt" in run.pause_text
    assert (resume(portal, run).state, portal.states(run).count("credited")) == ("attention", 4)


def test_a_re_run_has_a_canary_too(portal: Portal) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.drain(portal.approved_run(rows=5))
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    resume(portal, run)
    resume(portal, run)
    resume(portal, run)
    assert (run.state, portal.states(run)) == ("settled", ["failed"] * 5)
    again = portal.drain(rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (again.state, again.canary, sizes(again)) == ("settled", "verified", [2, 3])


def test_another_resume_does_not_accept_the_canary(portal: Portal) -> None:
    run = portal.approved_run(rows=5)
    planning.begin_run(run.pk, gateway=portal.gateway)
    runs.pause_run(portal.maker, run_id=run.pk)
    runs.resume_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    assert run.canary == "waiting"


def test_stopping_after_the_canary_keeps_the_rest_back(portal: Portal) -> None:
    run = portal.approved_run(rows=5)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        runs.stop_after_chunk(portal.maker, run_id=run.pk)
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.drain(run)
    assert (run.state, run.pause_code, run.canary, Attempt.objects.count()) == ("paused", "stopped", "verified", 1)


def test_a_freeze_keeps_the_rest_back_although_the_canary_is_verified(portal: Portal) -> None:
    run = portal.approved_run(rows=5)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        freeze_sending(portal.approver, reason="EnKash called")
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.drain(run)
    assert (run.state, run.canary, Attempt.objects.count()) == ("running", "verified", 1)


def test_a_cancelled_run_does_not_wait_for_its_canary(portal: Portal) -> None:
    portal.sim.faults.push(kind="lookup_empty", times=9)
    run = portal.drain(portal.approved_run(rows=5))
    cancel_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2 + ["cancelled"] * 3)


def test_two_workers_that_look_at_once_count_once(portal: Portal) -> None:
    portal.sim.faults.push(kind="lookup_empty", times=9)
    run = portal.approved_run(rows=5)
    real = portal.gateway.client.find_transactions

    def find(*args, **options):
        portal.gateway.client.find_transactions = real
        assert not canaries.verify_canary(run.pk, gateway=portal.as_worker("other").gateway)
        return real(*args, **options)

    portal.gateway.client.find_transactions = find
    assert portal.drain(run).canary_checks == 1


def test_verifying_leaves_one_entry(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=5))
    assert TrailEntry.objects.filter(event="canary verified", object_id=run.pk).count() == 1
