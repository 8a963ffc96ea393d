"""What becomes of unknown rows when EnKash does not help."""

from datetime import timedelta

import pytest

from allocations.models import Attempt, Chunk, Row, Run
from allocations.services import draining, leases, resolving, runs
from tests.factories.contract import mark_all
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


def drain_often(portal: Portal, run: Run, times: int = 12) -> Run:
    for _ in range(times):
        portal.drain_after(run, minutes=16)
    return run


def test_rows_that_no_answer_names_are_resent_three_times_and_then_people_are_asked(portal: Portal) -> None:
    """R12: also where EnKash answers each time, only not about them."""
    portal.sim.faults.push(kind="valid_prefix", missing="successBulkEnKashCardCreateDTOs", times=50)
    portal.sim.faults.push(kind="lookup_empty", times=50)
    run = portal.approved_run(rows=1)
    for _ in range(12):
        portal.drain_after(run, minutes=16)
        if run.state == "paused":
            mark_all()
            runs.resume_run(portal.maker, run_id=run.pk)
    assert (run.state, portal.states(run), Attempt.objects.count()) == ("attention", ["unknown"], 4)


def test_lost_calls_are_resent_three_times_and_then_people_are_asked(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_before", times=50)
    run = portal.approved_run(rows=1)
    for _ in range(12):
        portal.drain_after(run, minutes=16)
        if run.state == "paused":
            runs.resume_run(portal.maker, run_id=run.pk)
    assert (run.state, portal.states(run), Attempt.objects.count()) == ("attention", ["unknown"], 4)
    check_invariants(portal)


def hide_ids(portal: Portal, monkeypatch, *, look_ups: int) -> None:
    """EnKash's list shows the transactions and, in so many look-ups, no ids of them."""
    real, done = portal.gateway.client.find_transactions, []

    def find(*args, **options):
        done.append(1)
        found = real(*args, **options)
        return tuple(_with_id(each, "") for each in found) if len(done) <= look_ups else found

    monkeypatch.setattr(portal.gateway.client, "find_transactions", find)


def test_a_credit_proved_without_an_id_does_not_keep_the_run_open(portal: Portal, monkeypatch) -> None:
    """Each look-up answers, and never knows: the waiting ends all the same."""
    portal.sim.faults.push(kind="error_after")
    hide_ids(portal, monkeypatch, look_ups=50)
    run = drain_often(portal, portal.drain(portal.approved_run(rows=1)), 6)
    assert (run.state, portal.states(run)) == ("settled", ["credited"])
    row = Row.objects.get()
    assert (row.transaction_id, row.evidence) == (None, "look_up")


def test_a_disputed_row_beside_a_missing_id_still_waits_for_people(portal: Portal, monkeypatch) -> None:
    portal.sim.faults.push(kind="error_after")
    hide_ids(portal, monkeypatch, look_ups=50)
    run = portal.drain(portal.approved_run(rows=2))
    Row.objects.filter(number=2).update(state="conflict")
    drain_often(portal, run, 6)
    assert (run.state, portal.states(run)) == ("attention", ["conflict", "credited"])


def test_a_missing_id_is_filled_in_by_a_later_look_up(portal: Portal, monkeypatch) -> None:
    portal.sim.faults.push(kind="error_after")
    hide_ids(portal, monkeypatch, look_ups=1)
    run = drain_often(portal, portal.drain(portal.approved_run(rows=1)), 4)
    assert run.state == "settled"
    assert portal.credited(run) == portal.ledger()


def test_a_look_up_that_gives_one_transaction_to_two_rows_stops_the_run(portal: Portal) -> None:
    first = portal.drain(portal.approved_run(rows=1))
    taken = Row.objects.get(batch_id=first.batch_id).transaction_id
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    real = portal.gateway.client.find_transactions

    def find(*args, **options):
        return tuple(_with_id(each, taken) for each in real(*args, **options))

    portal.gateway.client.find_transactions = find
    portal.drain_after(run, minutes=16)
    assert (run.state, run.pause_code, portal.states(run)) == ("paused", "impossible", ["anomaly"])


def _with_id(transaction, transaction_id):
    return type(transaction)(**{**_fields(transaction), "transaction_id": transaction_id})


def _fields(transaction) -> dict[str, object]:
    return {name: getattr(transaction, name) for name in transaction.__dataclass_fields__}


def test_some_found_starts_the_quiet_time_over(portal: Portal) -> None:
    """R11."""
    portal.sim.faults.push(kind="error_half")
    run = portal.drain(portal.approved_run(rows=2))
    portal.drain_after(run, minutes=16)
    assert portal.states(run) == ["credited", "unknown"]
    chunk = Chunk.objects.get()
    assert chunk.quiet_since == portal.clock()
    assert chunk.next_action_at == portal.clock() + timedelta(minutes=15)
    portal.drain_after(run, minutes=14)
    assert Attempt.objects.count() == 1


def test_what_enkash_lists_without_a_final_status_waits_and_then_goes_to_people(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    portal.sim.faults.push(kind="lookup_status", times=99)
    run = drain_often(portal, portal.drain(portal.approved_run(rows=1)), 3)
    assert (run.state, portal.states(run), Attempt.objects.count()) == ("running", ["unknown"], 1)
    portal.clock.forward(hours=24)
    assert portal.drain(run).state == "attention"


def test_nothing_is_resent_where_existing_people_are_skipped_in_silence(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_before")
    run = drain_often(portal, portal.drain(portal.approved_run(rows=1, is_points_allocation=False)), 2)
    assert (run.state, portal.states(run), Attempt.objects.count()) == ("attention", ["unknown"], 1)


def test_a_failed_row_leaves_no_attempt_unresolved(portal: Portal) -> None:
    """V14: lost, looked up in vain, sent again, refused."""
    portal.sim.faults.push(kind="error_before")
    run = portal.drain(portal.approved_run(rows=1))
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    drain_often(portal, run, 2)
    assert portal.states(run) == ["failed"]
    assert [attempt.state for attempt in Attempt.objects.all()] == ["resolved", "applied"]
    check_invariants(portal)


def test_an_overtaken_worker_does_not_act_on_its_look_up(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    portal.clock.forward(minutes=16)
    zombie = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    portal.clock.forward(minutes=6)
    other = leases.claim_next_chunk(run.pk, gateway=portal.as_worker("other").gateway)
    assert not resolving.resolve_unknown(zombie, gateway=portal.gateway)
    assert portal.states(run) == ["unknown"]
    draining.work_on(other, gateway=portal.gateway)
    assert portal.states(run) == ["credited"]
