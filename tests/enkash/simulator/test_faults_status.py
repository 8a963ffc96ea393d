"""Faults with another status, and how much work was done behind them."""

import email.utils
import time

import pytest

from tests.enkash.simulator.caller import ACCOUNT, SHORT, row


def two_rows(caller):
    return caller.bulk([row("R1"), row("R2")])


def credited(sim):
    return [entry.reference for entry in sim.ledger.entries]


@pytest.mark.parametrize(
    ("fault", "status", "work"),
    [
        ({"kind": "error_before"}, 500, []),
        ({"kind": "error_before", "status": 503, "page": True}, 503, []),
        ({"kind": "error_half", "status": 502}, 502, ["R1"]),
        ({"kind": "error_after", "status": 504, "page": True}, 504, ["R1", "R2"]),
        ({"kind": "error_after", "work": "half"}, 500, ["R1"]),
        ({"kind": "html_200"}, 200, ["R1", "R2"]),
        ({"kind": "empty_200"}, 200, ["R1", "R2"]),
        ({"kind": "redirect"}, 307, []),
        ({"kind": "redirect", "code": 302}, 302, []),
        ({"kind": "unauthorized"}, 401, []),
        ({"kind": "forbidden"}, 403, []),
        ({"kind": "forbidden", "page": True}, 403, []),
        ({"kind": "throttle"}, 429, []),
        ({"kind": "whole_refusal"}, 422, []),
        ({"kind": "whole_refusal", "status": 404, "page": True}, 404, []),
        ({"kind": "insufficient_whole"}, 200, ["R1"]),
    ],
)
def test_fault_answers_with_its_status_and_does_its_share_of_the_work(caller, sim, fault, status, work):
    sim.faults.push(**fault)
    answer = two_rows(caller)
    is_page = fault.get("page", False) or fault["kind"] in ("html_200", "redirect")
    assert (answer.status_code, credited(sim)) == (status, work)
    assert answer.headers["Content-Type"].startswith("text/html") is is_page


def test_fault_meets_as_many_requests_as_asked_in_the_order_pushed(caller, sim):
    sim.faults.push(endpoint="bulk", kind="error_before", times=2, status=502)
    sim.faults.push(endpoint="bulk", kind="throttle")
    waiting = sim.faults.waiting()
    assert [two_rows(caller).status_code for _ in range(4)] == [502, 502, 429, 200]
    assert waiting == {"bulk": ["error_before", "error_before", "throttle"]}
    assert sim.faults.waiting() == {}


def test_fault_waits_for_its_endpoint(caller, sim):
    sim.faults.push(endpoint="account", kind="error_before", status=502)
    assert two_rows(caller).status_code == 200
    assert caller.post("cardAccount/get", ACCOUNT).status_code == 502


@pytest.mark.parametrize(("retry_after", "header"), [(7, "7"), ("absurd", "1000000000"), ("missing", None)])
def test_throttle_says_when_to_come_back(caller, sim, retry_after, header):
    sim.faults.push(kind="throttle", retry_after=retry_after)
    assert two_rows(caller).headers.get("Retry-After") == header


def test_throttle_by_date_names_an_instant_ahead(caller, sim):
    sim.faults.push(kind="throttle", retry_after="date")
    value = email.utils.parsedate_to_datetime(two_rows(caller).headers["Retry-After"])
    assert value.timestamp() > time.time()


def test_redirect_points_to_a_path_that_would_be_noticed(caller, sim):
    sim.faults.push(kind="redirect", code=308)
    location = two_rows(caller).headers["Location"]
    caller.session.post(f"{caller.url}{location}", data=b"", timeout=10)
    assert sim.control.state()["unknown_paths"] == 1


def test_whole_refusal_carries_its_text(caller, sim):
    sim.faults.push(kind="whole_refusal", text="Bin Type is not mapped on PlanMaster")
    assert two_rows(caller).json()["response_message"] == "Bin Type is not mapped on PlanMaster"


def test_insufficient_whole_is_the_sample_of_the_guide(caller, sim):
    sim.faults.push(kind="insufficient_whole")
    assert two_rows(caller).json() == {"response_code": 1, "response_message": SHORT, "payload": SHORT}


def test_late_work_is_done_after_the_answer(caller, sim):
    sim.faults.push(kind="process_late", seconds=0.1)
    answer = two_rows(caller)
    for thread in sim.world.late:
        thread.join()
    assert (answer.status_code, credited(sim)) == (504, ["R1", "R2"])


def test_late_work_needs_a_token_like_any_other(caller, sim):
    sim.faults.push(kind="process_late", seconds=0.0)
    caller.token = "nonsense"
    two_rows(caller)
    assert (sim.world.late, credited(sim)) == ([], [])


@pytest.mark.parametrize(("kind", "path"), [("balance_down", "cardAccount/get"), ("lookup_down", "transaction/all")])
def test_read_call_can_be_down(caller, sim, kind, path):
    sim.faults.push(kind=kind, status=503)
    assert [caller.post(path, ACCOUNT).status_code for _ in range(2)] == [503, 200]


def test_token_call_can_be_down(caller, sim):
    sim.faults.push(kind="token_500")
    assert [caller.log_in().status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"kind": "nonsense"}, "No fault nonsense; there are already_exists_first,"),
        ({"kind": "throttle", "after": 3}, "throttle has no option after; it takes page, retry_after."),
        ({"kind": "bom", "code": 3}, "bom has no option code; it takes none."),
        ({"kind": "bom", "endpoint": "nowhere"}, "'nowhere' is not a valid Endpoint"),
        ({"kind": "bom", "work": "later"}, "'later' is not a valid Stage"),
    ],
)
def test_unknown_fault_or_option_is_refused_when_pushed(sim, fault, text):
    with pytest.raises(ValueError, match=f"^{text}"):
        sim.faults.push(**fault)


def test_refused_login_is_not_touched_by_a_token_fault(caller, sim):
    sim.faults.push(kind="token_expires_in", value=-1)
    assert caller.log_in(password="wrong").json() == {
        "error": "invalid_grant",
        "error_description": "Bad credentials",
    }
