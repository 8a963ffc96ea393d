import pytest

from tests.enkash.simulator.caller import row


@pytest.fixture
def credited(caller):
    caller.allocate(row("R1", mobile="9876543210"))


@pytest.mark.usefixtures("credited")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "lookup_other_amount", "by": 3}, ("9876543210", 13, "SUCCESS")),
        ({"kind": "lookup_other_person"}, ("9999999999", 10, "SUCCESS")),
        ({"kind": "lookup_status", "status": "FAILED"}, ("9876543210", 10, "FAILED")),
    ],
)
def test_look_up_shows_something_else(caller, sim, fault, expected):
    sim.faults.push(**fault)
    (found,) = caller.look_up("R1")["data"]
    assert (found["mobile"], found["principalAmount"], found["status"]) == expected


@pytest.mark.usefixtures("credited")
def test_look_up_finds_nothing_though_there_is_something(caller, sim):
    sim.faults.push(kind="lookup_empty")
    assert [caller.look_up("R1")["recordsCount"] for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("payload", ["SUCCESS", None, [], {"rows": []}])
def test_look_up_answers_another_shape(caller, sim, payload):
    sim.faults.push(kind="lookup_wrong_shape", payload=payload)
    assert caller.look_up("R1") == payload


def test_look_up_fault_leaves_a_refusal_as_it_is(caller, sim):
    sim.faults.push(kind="lookup_other_person")
    answer = caller.post("transaction/all", {})
    assert answer.json()["payload"] == "companyId is required"


def test_login_answers_without_a_token(caller, sim):
    sim.faults.push(kind="token_without_token")
    assert list(caller.log_in().json()) == ["token_type", "refresh_token", "expires_in", "scope"]


@pytest.mark.parametrize("value", [0, -1, "300", 1e9])
def test_login_announces_an_odd_life(caller, sim, value):
    sim.faults.push(kind="token_expires_in", value=value)
    assert caller.log_in().json()["expires_in"] == value


@pytest.mark.parametrize(
    ("form", "names", "code"),
    [
        ("response", ["response_code", "response_message", "payload"], 0),
        ("code", ["code", "message", "payload"], 0),
        ("no_code", ["message", "payload"], "Success"),
        ("text_code", ["code", "message", "payload"], "0"),
        ("upper", ["CODE", "MESSAGE", "payload"], 0),
    ],
)
def test_envelope_has_other_names(caller, sim, form, names, code):
    sim.faults.push(kind="response_envelope", form=form)
    answer = caller.bulk([row("R1")]).json()
    assert (list(answer), next(iter(answer.values()))) == (names, code)
