"""What the simulator notes about the client's own protocol."""

import threading
import time

import pytest
import requests

from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import Caller, row, wait_for_entry


def invariants(sim):
    return [each["invariant"] for each in sim.control.state()["violations"]]


def test_orderly_client_violates_nothing(caller, sim):
    sent = row("R1", email="asha@example.com")
    sim.faults.push(kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        caller.bulk([sent])
    caller.look_up("R1")
    caller.allocate(sent)
    caller.allocate(row("R2"), row("R3"))
    assert (sim.control.state()["violations"], sim.control.state()["suspicions"]) == ([], [])


@pytest.mark.parametrize(
    "rows",
    [
        [row("R1", mobile="9876543210"), row("R2", mobile="9876543210")],
        [row("R1", email="asha@example.com"), row("R2", email="Asha@Example.com")],
    ],
)
def test_person_twice_in_one_request_violates_v9(caller, sim, rows):
    caller.bulk(rows)
    assert invariants(sim) == ["V9"]


@pytest.mark.parametrize("change", [{"loadAmount": 11}, {"name": "Asha R"}, {"remarks": "again"}])
def test_resend_with_other_bytes_violates_v8(caller, sim, change):
    sent = row("R1")
    caller.bulk([sent])
    caller.bulk([sent | change])
    assert invariants(sim) == ["V8"]


def test_resend_in_another_order_of_rows_violates_nothing(caller, sim):
    first, second = row("R1"), row("R2")
    caller.bulk([first, second])
    caller.bulk([second, first])
    assert invariants(sim) == []


def test_third_failed_login_in_a_row_violates_v18(caller, sim):
    sim.faults.push(kind="token_500")
    sim.faults.push(kind="token_without_token")
    caller.log_in()
    caller.log_in()
    before = invariants(sim)
    caller.log_in(password="wrong")
    assert (before, invariants(sim)) == ([], ["V18"])


def test_new_reference_for_an_unanswered_person_and_amount_is_suspicious(caller, sim):
    sim.faults.push(kind="error_after")
    caller.bulk([row("R1", mobile="9876543210")])
    caller.bulk([row("R2", mobile="9876543210")])
    (suspicion,) = sim.control.state()["suspicions"]
    assert suspicion == {
        "invariant": "R16",
        "request": 3,
        "detail": "reference R2 repeats person and amount of unanswered R1",
    }


@pytest.mark.parametrize("settle", ["look_up", "resend"])
def test_settled_reference_is_no_longer_suspicious(caller, sim, settle):
    sent = row("R1", mobile="9876543210")
    sim.faults.push(kind="error_after")
    caller.bulk([sent])
    if settle == "look_up":
        caller.look_up("R1")
    else:
        caller.bulk([sent])
    caller.bulk([row("R2", mobile="9876543210")])
    assert sim.control.state()["suspicions"] == []


def in_flight_with(sim, first, *, wait_open):
    """Starts one hanging bulk call and sends another while it hangs; the first gives up unless it waits open."""
    sim.faults.push(kind="hang", seconds=60.0, then="answer")
    thread = threading.Thread(target=hold, args=(first,), kwargs={"seconds": 60 if wait_open else 0.05})
    thread.start()
    wait_for_entry(sim, "R1")
    if not wait_open:
        thread.join()
    second = Caller(sim)
    with second.session:
        second.bulk([row("R2")])
    sim.world.stopped.set()
    thread.join()


def hold(caller, *, seconds):
    try:
        caller.bulk([row("R1")], timeout=seconds)
    except requests.ReadTimeout:
        caller.session.close()


@pytest.mark.parametrize(("lanes", "wait_open", "expected"), [(1, True, ["V10"]), (2, True, []), (1, False, [])])
def test_more_requests_in_flight_than_lanes_violate_v10(caller, sim, lanes, wait_open, expected):
    sim.control.change(lanes=lanes)
    in_flight_with(sim, caller, wait_open=wait_open)
    assert invariants(sim) == expected


def test_request_is_journalled_before_its_work(caller, sim):
    sim.control.change(latency=0.2)
    sent_at = time.time()
    caller.bulk([row("R1"), row("R2")])
    (note,) = sim.control.requests(after=1)
    (first, _) = sim.control.ledger_lines()
    assert sent_at <= note["received_at"] < first["at"] - 0.1
    assert (note["references"], note["status"], note["fault"]) == (("R1", "R2"), 200, "")


def test_unreadable_request_is_journalled_too(caller, sim):
    caller.bulk(b"[{")
    (note,) = sim.control.requests(after=1)
    assert (note["endpoint"], note["references"], note["status"]) == ("bulk", (), 400)


def test_sequence_of_requests_on_new_connections_is_one_lane():
    with Simulator() as sim:
        for index in range(20):
            caller = Caller(sim)
            with caller.session:
                caller.bulk([row(f"R{index}")])
        state = sim.control.state()
    assert (state["violations"], state["peak_in_flight"]) == ([], 1)
