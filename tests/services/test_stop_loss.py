"""A run that goes wrong too often pauses before more of it is sent."""

from dataclasses import replace

import pytest

from allocations.enkash.simulator.people_failures import PersonFailures
from allocations.models import Row, Run
from allocations.services import leases, planning, reruns, resolving, runs, sending
from allocations.services.runs import decided_rows
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(settings) -> None:
    settings.ENKASH_STOP_LOSS_PERCENT = 50
    settings.ENKASH_STOP_LOSS_ROWS = 4


@pytest.fixture
def blocked(monkeypatch) -> set[str]:
    """Mobiles that EnKash refuses."""
    mobiles: set[str] = set()
    monkeypatch.setattr(
        PersonFailures, "reason", lambda self, mobile, *, profile: "User is blocked" if mobile in mobiles else None
    )
    return mobiles


def block(blocked: set[str], run: Run, *numbers: int) -> None:
    blocked.update(Row.objects.filter(batch_id=run.batch_id, number__in=numbers).values_list("mobile", flat=True))


def resume(portal: Portal, run: Run) -> Run:
    runs.resume_run(portal.maker, run_id=run.pk)
    return portal.drain(run)


def test_too_many_failures_pause_the_run(portal: Portal, blocked) -> None:
    run = portal.approved_run(rows=8)
    block(blocked, run, 2, 4)
    portal.drain(run)
    assert (run.state, run.pause_code) == ("paused", "stop_loss")
    assert "2 of 4 rows failed, 50 %; the limit is 50 %" in run.pause_text
    assert portal.states(run) == ["failed", "credited"] * 2 + ["pending"] * 4
    check_invariants(portal)


def test_resuming_counts_anew(portal: Portal, blocked) -> None:
    run = portal.approved_run(rows=10)
    block(blocked, run, 2, 3, 6)
    portal.drain(run)
    assert (run.pause_code, *decided_rows(run)) == ("stop_loss", 4, 2)
    resume(portal, run)
    assert (run.state, run.decided_before, run.failed_before, *decided_rows(run)) == ("settled", 4, 2, 10, 3)
    assert portal.states(run).count("failed") == 3


def test_a_re_run_goes_on_however_many_fail_again(portal: Portal, blocked) -> None:
    run = portal.approved_run(rows=7)
    block(blocked, run, *range(2, 9))
    portal.drain(run)
    resume(portal, run)
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (again.state, portal.states(again)) == ("settled", ["failed"] * 7)


def test_few_failures_do_not_pause(portal: Portal, blocked) -> None:
    run = portal.approved_run(rows=8)
    block(blocked, run, 2, 7, 9)
    assert portal.drain(run).state == "settled"


def test_a_run_with_nothing_left_to_send_simply_ends(portal: Portal, blocked) -> None:
    run = portal.approved_run(rows=4)
    block(blocked, run, 2, 3, 4, 5)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["failed"] * 4)


def test_a_graver_or_more_telling_reason_is_shown(portal: Portal, settings) -> None:
    settings.ENKASH_STOP_LOSS_ROWS = 1
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.drain(portal.approved_run(rows=4))
    assert (run.state, run.pause_code) == ("paused", "balance")


def test_rows_of_a_refused_call_count_as_nothing(portal: Portal, settings) -> None:
    settings.ENKASH_STOP_AT_FIRST_UNKNOWN = True
    portal.sim.faults.push(kind="throttle", retry_after=1)
    run = portal.drain(portal.approved_run(rows=4))
    assert (run.state, decided_rows(run)) == ("running", (0, 0))


def test_failures_found_by_look_up_count(portal: Portal, settings) -> None:
    settings.ENKASH_STOP_LOSS_ROWS = 2
    portal.sim.faults.push(kind="error_after")
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    sending.send_chunk(claim, gateway=portal.gateway)
    leases.release(claim)
    real = portal.gateway.client.find_transactions
    portal.gateway.client.find_transactions = lambda *a, **o: [replace(t, settled=False) for t in real(*a, **o)]
    portal.drain_after(run, minutes=16)
    assert (run.pause_code, portal.states(run)) == ("stop_loss", ["failed"] * 2 + ["pending"] * 2)


@pytest.mark.parametrize("kind", ["error_after", "txn_empty", "drop_after"])
def test_the_first_unknown_row_pauses_where_that_is_set(portal: Portal, settings, kind: str) -> None:
    settings.ENKASH_STOP_AT_FIRST_UNKNOWN = True
    portal.sim.faults.push(kind=kind)
    run = portal.drain(portal.approved_run(rows=6))
    assert (run.state, run.pause_code) == ("paused", "first_unknown")
    assert portal.states(run).count("pending") == 4
    resume(portal, run)
    portal.drain_after(run, minutes=16)
    assert portal.states(run).count("unknown") == 0
    check_invariants(portal)


def test_an_abandoned_call_is_a_first_unknown_too(portal: Portal, settings) -> None:
    settings.ENKASH_STOP_AT_FIRST_UNKNOWN = True
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    dead = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    chunk = run.chunks.select_related("run__batch__account").get(number=1)
    assert sending._write_intent(chunk, dead, gateway=portal.gateway)
    portal.clock.forward(minutes=6)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    resolving.recover_abandoned(claim, gateway=portal.gateway)
    run.refresh_from_db()
    assert (run.state, run.pause_code) == ("paused", "first_unknown")


def test_unknown_rows_do_not_pause_unless_that_is_set(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    assert portal.drain(portal.approved_run(rows=4)).state == "running"
