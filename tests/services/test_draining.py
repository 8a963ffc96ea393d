"""A run from approval to its end, against the simulator."""

import pytest
from django.db import connection

from allocations.models import Attempt, Row
from allocations.services import runs
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


def test_drain_run_credits_every_row_once(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=5))
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 5)
    assert portal.credited(run) == portal.ledger()
    assert len(portal.ledger()) == 5


def test_drain_run_stores_ids_and_balances(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=1))
    row = Row.objects.get(batch_id=run.batch_id)
    entry = portal.sim.ledger.entries[0]
    assert (row.transaction_id, row.card_id, row.enkash_user_id) == (entry.transaction_id, entry.card_id, entry.user_id)
    assert (row.account_balance, row.user_balance) == (entry.account_balance, entry.user_balance)


def test_drain_run_again_sends_nothing(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=3))
    portal.drain(run)
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("kind", ["error_after", "drop_after", "error_half", "html_200", "truncate", "empty_200"])
def test_drain_run_resolves_a_lost_answer_by_look_up(portal: Portal, kind: str) -> None:
    portal.sim.faults.push(endpoint="bulk", kind=kind)
    run = portal.drain(portal.approved_run(rows=4))
    assert portal.states(run)[:2] == ["unknown", "unknown"]
    portal.drain_after(run, minutes=16)
    portal.drain_after(run, minutes=16)
    portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
    assert portal.credited(run) == portal.ledger()


@pytest.mark.parametrize("kind", ["error_before", "drop_before"])
def test_drain_run_sends_again_what_had_no_effect(portal: Portal, kind: str) -> None:
    portal.sim.faults.push(endpoint="bulk", kind=kind)
    run = portal.drain(portal.approved_run(rows=4))
    assert portal.states(run) == ["unknown", "unknown", "pending", "pending"]
    portal.drain_after(run, seconds=1)
    assert portal.states(run) == ["unknown", "unknown", "credited", "credited"]
    portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
    assert portal.credited(run) == portal.ledger()


def test_drain_run_waits_out_the_quiet_time(portal: Portal) -> None:
    portal.sim.faults.push(endpoint="bulk", kind="error_after")
    run = portal.drain(portal.approved_run(rows=2))
    portal.drain_after(run, minutes=14)
    assert portal.states(run) == ["unknown", "unknown"]


def test_drain_run_takes_already_exists_as_proof_when_the_look_up_is_down(portal: Portal) -> None:
    portal.sim.faults.push(endpoint="bulk", kind="error_after")
    portal.sim.faults.push(endpoint="transactions", kind="lookup_down", times=3)
    run = portal.drain(portal.approved_run(rows=2))
    for _ in range(6):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert portal.credited(run) == portal.ledger()


def test_drain_run_marks_a_foreign_reference_as_conflict(portal: Portal) -> None:
    """F49."""
    portal.sim.faults.push(endpoint="bulk", kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=2))
    assert sorted(portal.states(run)) == ["conflict", "credited"]
    assert run.state == "attention"


def test_drain_run_pauses_without_enough_balance_and_goes_on_after_a_top_up(portal: Portal) -> None:
    """F46."""
    portal.sim.control.set_balance(150)
    run = portal.drain(portal.approved_run(rows=2))
    assert (run.state, run.pause_code, portal.states(run)) == ("paused", "balance", ["pending"] * 2)
    portal.sim.control.top_up(1000)
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)


def test_drain_run_stops_at_an_impossible_answer(portal: Portal) -> None:
    portal.sim.faults.push(endpoint="bulk", kind="amount_changed")
    run = portal.drain(portal.approved_run(rows=4))
    assert (run.state, run.pause_code) == ("paused", "impossible")
    assert "anomaly" in portal.states(run)
    assert portal.states(run)[2:] == ["pending", "pending"]


def test_drain_run_does_not_send_a_row_that_was_changed_after_the_approval(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    with connection.cursor() as cursor:
        drop = "DROP TRIGGER row_payload_frozen" + (" ON allocations_row" if connection.vendor == "postgresql" else "")
        cursor.execute(drop)
        cursor.execute("UPDATE allocations_row SET amount = 99999 WHERE number = 2")
    portal.drain(run)
    assert (run.state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_drain_run_logs_in_at_most_twice_with_a_wrong_password(portal: Portal) -> None:
    """F36."""
    portal.sim.faults.push(endpoint="token", kind="unauthorized", times=5)
    run = portal.drain(portal.approved_run(rows=2))
    assert (run.state, run.pause_code) == ("paused", "login")
