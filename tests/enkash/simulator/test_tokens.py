import pytest

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import ACCOUNT, Caller, row


def test_login_answers_as_documented(caller):
    answer = caller.log_in().json()
    assert list(answer) == ["access_token", "token_type", "refresh_token", "expires_in", "scope"]
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("bearer", 240, "read write trust")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"password": "wrong"}, 400, "invalid_grant"),
        ({"username": "9000000002"}, 400, "invalid_grant"),
        ({"clientId": "CEKOTHER01"}, 400, "invalid_grant"),
        ({"secret": "0" * 40}, 401, "invalid_client"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"password": ""}, 400, "invalid_request"),
    ],
)
def test_wrong_login_is_refused(caller, changes, status, error):
    answer = caller.log_in(**changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("authorization", ["", "Basic ???", "Basic /w==", "Bearer abc"])
def test_login_without_a_readable_basic_header_is_refused(caller, authorization):
    form = "username=a&password=b&grant_type=password&clientId=c"
    headers = {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"}
    answer = caller.session.post(f"{caller.url}/oauth/token", data=form, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_login_as_json_is_refused(caller):
    answer = caller.session.post(f"{caller.url}/oauth/token", json={"username": demo.USERNAME}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (415, "invalid_request")


def test_third_wrong_login_in_a_row_locks_until_reset(caller, sim):
    for _ in range(3):
        caller.log_in(password="wrong")
    locked = caller.log_in().json()["error_description"]
    sim.control.reset()
    assert locked == "User account is locked"
    assert caller.log_in().status_code == 200


def test_good_login_between_wrong_ones_keeps_the_account_open(caller, sim):
    for password in ("wrong", "wrong", demo.PASSWORD, "wrong", "wrong"):
        caller.log_in(password=password)
    assert sim.control.state()["locked"] is False


def test_token_dies_after_its_life_whatever_was_announced():
    now = [1000.0]
    with Simulator(profile="realistic", token_life=60.0, clock=lambda: now[0]) as sim:
        caller = Caller(sim)
        with caller.session:
            announced = caller.log_in().json()["expires_in"]
            now[0] += 59.9
            before = caller.post("cardAccount/get", ACCOUNT).status_code
            now[0] += 0.2
            after = caller.post("cardAccount/get", ACCOUNT).status_code
    assert (announced, before, after) == (86399, 200, 401)


def test_expired_tokens_are_refused(caller, sim):
    sim.control.expire_tokens()
    assert caller.bulk([row("R1")]).status_code == 401
