"""The control over HTTP, as another process uses it."""

import json

import pytest

from tests.enkash.simulator.caller import ACCOUNT, row


def control(caller, command, body=None):
    url = f"{caller.url}/_control/{command}"
    if body is None:
        return caller.session.get(url, timeout=10)
    return caller.session.post(url, json=body, timeout=10)


def test_state_counts_requests_entries_and_balances(caller):
    caller.allocate(row("R1"), row("R2"))
    state = control(caller, "state").json()
    assert state["requests"] == {"token": 1, "bulk": 1}
    assert (state["entries"], state["violations"], state["locked"]) == (2, [], False)
    assert (state["balances"], state["opening"]["CADEMO1"]) == ({"CADEMO1": 980, "CADEMO2": 1000}, 1000)


def test_state_shows_no_person_and_no_key(caller):
    caller.allocate(row("R1", mobile="9876543210", email="asha@example.com"))
    text = control(caller, "state").text
    assert [word for word in ("9876543210", "asha", "Asha", "encryption_key") if word in text] == []


def test_ledger_has_one_json_line_an_entry(caller, sim):
    caller.allocate(row("R1", mobile="9876543210", amount=25))
    answer = control(caller, "ledger")
    entry = sim.ledger.entries[0]
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert json.loads(answer.text) == {
        "reference": "R1",
        "company": "CEKDEMO001",
        "account": "CADEMO1",
        "mobile": "9876543210",
        "user": entry.user_id,
        "card": entry.card_id,
        "transaction_id": entry.transaction_id,
        "kind": "CR",
        "amount": 25,
        "status": "SUCCESS",
        "account_balance": 975,
        "user_balance": 25,
        "at": entry.at,
    }


def test_requests_can_be_read_from_a_number_on(caller):
    caller.allocate(row("R1"))
    caller.allocate(row("R2"))
    lines = control(caller, "requests?after=2").text.splitlines()
    assert [('"R2"' in line, '"R1"' in line) for line in lines] == [(True, False)]


def test_fault_is_pushed(caller):
    state = control(caller, "faults", {"kind": "error_after", "status": 502, "times": 2}).json()
    assert state["faults"] == {"bulk": ["error_after", "error_after"]}
    assert caller.bulk([row("R1")]).status_code == 502


def test_top_up_and_balance_move_the_opening_along(caller):
    caller.allocate(row("R1", amount=100))
    control(caller, "topup", {"points": 50})
    state = control(caller, "balance", {"points": 400, "account": "CADEMO2"}).json()
    assert state["balances"] == {"CADEMO1": 950, "CADEMO2": 400}
    assert state["opening"] == {"CADEMO1": 1050, "CADEMO2": 400}


def test_settings_change_together_or_not_at_all(caller, sim):
    wrong = control(caller, "settings", {"lanes": 4, "latency": "fast"})
    assert (wrong.status_code, wrong.json()) == (400, {"error": "latency is 'fast'; it takes float."})
    assert sim.control.options.lanes == 1
    assert control(caller, "settings", {"lanes": 4, "latency": 0}).json()["options"]["lanes"] == 4


def test_profile_brings_its_own_settings(caller):
    options = control(caller, "settings", {"profile": "chaos", "token_life": 30}).json()["options"]
    assert (options["profile"], options["announced_life"], options["token_life"]) == ("chaos", 86399, 30.0)


def test_reset_forgets_everything_but_options_and_identifiers(caller, sim):
    caller.allocate(row("R1"))
    before = sim.ledger.entries[0].transaction_id
    sim.faults.push(kind="bom")
    control(caller, "settings", {"lanes": 4})
    state = control(caller, "reset", {}).json()
    caller.token = caller.log_in().json()["access_token"]
    caller.allocate(row("R1"))
    assert (state["entries"], state["faults"], state["requests"], state["options"]["lanes"]) == (0, {}, {}, 4)
    assert sim.ledger.entries[0].transaction_id != before


def test_tokens_can_be_ended(caller):
    control(caller, "expire_tokens", {})
    assert caller.post("cardAccount/get", ACCOUNT).status_code == 401


@pytest.mark.parametrize(
    ("command", "body", "error"),
    [
        ("nonsense", None, "No control nonsense; GET state, ledger or requests."),
        ("nonsense", {}, "No control nonsense; POST faults, topup, balance, settings, expire_tokens or reset."),
        ("topup", {"points": 1, "account": "CAX"}, "No account CAX; there are CADEMO1, CADEMO2."),
        ("requests?after=x", None, "invalid literal for int() with base 10: 'x'"),
        ("settings", {"profile": "stormy"}, "'stormy' is not a valid Profile"),
        ("settings", {"lanes": True}, "lanes is True; it takes int."),
    ],
)
def test_wrong_control_is_refused_with_the_reason(caller, command, body, error):
    answer = control(caller, command, body)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_unknown_option_is_refused(caller):
    error = control(caller, "settings", {"speed": 1}).json()["error"]
    assert error.startswith("No option speed; there are profile, latency, jitter,")


def test_get_of_anything_else_is_not_found(caller):
    assert caller.session.get(f"{caller.url}/", timeout=10).status_code == 404
