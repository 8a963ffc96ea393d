import pytest

from allocations.enkash.simulator.options import Profile
from allocations.enkash.simulator.people_failures import SHARE
from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import ACCOUNT, EXISTS, FAILURES, SUCCESSES, Caller, row


def references(payload):
    return [each["pgReferenceNumber"] for each in payload["data"]]


def test_look_up_by_references_finds_those_that_were_credited(caller):
    (success,) = caller.allocate(row("R1", mobile="9876543210", amount=25))[SUCCESSES]
    payload = caller.look_up("R1", "R2")
    (found,) = payload["data"]
    assert payload["recordsCount"] == 1
    assert found["enKashCardTransactionId"] == success["enkashCardTxnId"]
    assert (found["pgReferenceNumber"], found["principalAmount"], found["mobile"]) == ("R1", 25, "9876543210")
    assert (found["cardTransactionType"], found["status"], found["type"]) == ("CR", "SUCCESS", "ALLOCATE_POINT")


def test_look_up_of_a_failed_row_finds_nothing(caller):
    caller.allocate(row("R1", amount=1001))
    assert caller.look_up("R1") == {"recordsCount": 0, "data": []}


def test_failed_row_uses_up_its_reference_if_set_so(caller, sim, monkeypatch):
    monkeypatch.setitem(SHARE, Profile.CLEAN, 1.0)
    sim.control.change(burn_failed=True)
    for _ in range(2):
        payload = caller.allocate(row("R1"))
    (found,) = caller.look_up("R1")["data"]
    assert payload[FAILURES][0]["failureReason"] == EXISTS
    assert (found["status"], found["principalAmount"], caller.balance()) == ("FAILED", 10, 1000)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"pgReferenceNumber": "R2"}, ["R2"]),
        ({"amountFrom": 20}, ["R2", "R3"]),
        ({"amountTo": 10}, ["R1"]),
        ({"cardTransactionType": "DR"}, []),
        ({"status": "CREATED"}, []),
        ({"userId": "EK000000"}, []),
        ({"enKashTransactionIds": []}, []),
        ({"txnDateFrom": "2099-01-24T08:47:01.505Z"}, []),
        ({"txnDateTo": "2099-01-24T08:47:01.505Z"}, ["R1", "R2", "R3"]),
    ],
)
def test_filters_narrow_the_list(caller, filters, expected):
    caller.allocate(row("R1", amount=10), row("R2", amount=20), row("R3", amount=30))
    assert references(caller.look_up(**filters)) == expected


def test_look_up_by_card_and_transaction_finds_the_entry(caller):
    first, second = caller.allocate(row("R1"), row("R2"))[SUCCESSES]
    assert references(caller.look_up(enKashCardId=first["enkashCardId"])) == ["R1"]
    assert references(caller.look_up(enKashTransactionId=second["enkashCardTxnId"])) == ["R2"]


def test_page_is_cut_at_the_limit_however_many_are_asked_for(caller, sim):
    sim.control.change(page_limit=2)
    caller.allocate(*(row(f"R{index}") for index in range(5)))
    body = ACCOUNT | {"pgReferenceNumbers": [f"R{index}" for index in range(5)]}
    pages = [
        caller.post("transaction/all", body, params={"limit": 5, "offset": offset}).json()["payload"]
        for offset in (0, 2, 4)
    ]
    assert [references(page) for page in pages] == [["R0", "R1"], ["R2", "R3"], ["R4"]]
    assert {page["recordsCount"] for page in pages} == {5}


def test_entry_stays_hidden_during_the_visibility_lag():
    now = [1000.0]
    with Simulator(visibility_lag=5.0, clock=lambda: now[0]) as sim:
        caller = Caller(sim)
        with caller.session:
            caller.allocate(row("R1"))
            now[0] += 4.9
            hidden = references(caller.look_up("R1"))
            now[0] += 0.2
            shown = references(caller.look_up("R1"))
    assert (hidden, shown) == ([], ["R1"])


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"pgReferenceNumbers": "R1"}, "pgReferenceNumbers is not an array"),
        ({"pgReferenceNumbers": [1]}, "pgReferenceNumbers is not an array of strings"),
        ({"txnDateFrom": "yesterday"}, "'yesterday' is not an ISO-8601 date"),
        ({"txnDateFrom": "2026-01-24T08:47:01"}, "'2026-01-24T08:47:01' has no zone"),
        ({"mobile": "9876543210"}, "Unrecognized field mobile"),
    ],
)
def test_wrong_filter_is_refused(caller, filters, text):
    answer = caller.post("transaction/all", ACCOUNT | filters)
    assert (answer.status_code, answer.json()["response_message"]) == (400, text)


def test_card_can_be_required(caller, sim):
    sim.control.change(card_required=True)
    answer = caller.post("transaction/all", ACCOUNT | {"pgReferenceNumber": "R1"})
    assert (answer.status_code, answer.json()["response_message"]) == (400, "enKashCardId is required")


def test_mobile_can_be_left_out_of_the_rows(caller, sim):
    sim.control.change(lookup_mobile=False)
    caller.allocate(row("R1"))
    assert "mobile" not in caller.look_up("R1")["data"][0]
