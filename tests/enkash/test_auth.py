import base64
import threading
from urllib.parse import parse_qs

import pytest

from allocations.enkash.auth import Token, TokenSource
from allocations.enkash.errors import LoginBlocked, LoginRefused, NotSent, OutcomeUnknown, UnknownKind
from tests.enkash.fake_transport import TOKEN, FakeTransport, config
from tests.enkash.memory_store import MemoryTokenStore
from tests.enkash.raw_server import raw

LOST = OutcomeUnknown("No answer.", kind=UnknownKind.DEADLINE)


def source(*answers, now=1000.0, store=None, **changes):
    transport = FakeTransport(*answers)
    clock = now if callable(now) else lambda: now
    return transport, TokenSource(config(**changes), transport, store or MemoryTokenStore(), clock=clock)


def test_login_sends_the_documented_form():
    transport, tokens = source(TOKEN, encryption="both", encryption_key="k")
    tokens.token(150)
    (call,) = transport.calls
    assert (call.url, call.params, call.deadline) == ("http://127.0.0.1:9/oauth/token", None, 20.0)
    assert call.headers == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "Basic " + base64.b64encode(b"CEKDEMO001:secret").decode(),
    }
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["password"],
        "username": ["9000000001"],
        "password": ["p&ss"],
        "clientId": ["CEKDEMO001"],
    }


@pytest.mark.parametrize(("expires_in", "expires_at"), [(86399, 1240.0), (240, 1240.0), (60, 1060.0)])
def test_token_life_is_capped(expires_in, expires_at):
    _, tokens = source(raw(200, f'{{"access_token":"T1","expires_in":{expires_in}}}'))
    assert tokens.token(30) == Token("T1", expires_at)


def test_token_life_counts_from_the_start_of_the_login():
    times = iter([1000.0, 1019.0])
    _, tokens = source(TOKEN, now=lambda: next(times))
    assert tokens.token(150).expires_at == 1240.0


@pytest.mark.parametrize(("left", "logins"), [(151.0, 0), (150.0, 0), (149.9, 1), (-5.0, 1)])
def test_kept_token_is_used_while_it_lives_long_enough(left, logins):
    store = MemoryTokenStore()
    store.begin_login()
    store.login_succeeded(Token("kept", 1000.0 + left))
    transport, tokens = source(TOKEN, store=store)
    assert tokens.token(150).value == ("T1" if logins else "kept")
    assert len(transport.calls) == logins


def test_forgotten_token_is_asked_for_again():
    transport, tokens = source(TOKEN)
    tokens.token(150)
    tokens.forget()
    tokens.token(150)
    assert len(transport.calls) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (raw(400, '{"error":"invalid_grant","error_description":"Bad credentials"}'), "Bad credentials"),
        (raw(401, "{}"), "The login answered HTTP 401."),
        (raw(403, "<html>"), "The login answered HTTP 403."),
        (raw(429, "[]"), "The login answered HTTP 429."),
        (raw(200, "<html>"), "The login's answer holds no token."),
        (raw(200, '{"expires_in":60}'), "The login's answer holds no token."),
        (raw(200, '{"access_token":"","expires_in":60}'), "The login's answer holds no token."),
        (raw(200, '{"access_token":" ","expires_in":60}'), "The login's answer holds no token."),
        (raw(200, '{"access_token":"a\\r\\nX: y","expires_in":60}'), "The login's answer holds no token."),
        (raw(200, '{"access_token":"\u20b9","expires_in":60}'), "The login's answer holds no token."),
        *(
            (
                raw(200, f'{{"access_token":"T","expires_in":{life}}}'),
                "The login's answer gives the token no life (expires_in).",
            )
            for life in ("0", "-1", "1.5", '"60"', "true", "null")
        ),
    ],
)
def test_login_without_a_usable_token_is_refused_and_counts(answer, message):
    """F36."""
    transport, tokens = source(answer)
    for _ in range(2):
        with pytest.raises(LoginRefused) as caught:
            tokens.token(150)
        assert (caught.value.message, caught.value.http_status) == (message, answer.status)
    with pytest.raises(LoginBlocked):
        tokens.token(150)
    assert len(transport.calls) == 2


@pytest.mark.parametrize(("answer", "kind"), [(raw(500, "{}"), "status"), (raw(302, ""), "status"), (LOST, "deadline")])
def test_login_of_unknown_outcome_counts(answer, kind):
    """F36."""
    transport, tokens = source(answer)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown) as caught:
            tokens.token(150)
        assert caught.value.kind == kind
    with pytest.raises(LoginBlocked):
        tokens.token(150)
    assert len(transport.calls) == 2


def test_login_that_was_not_sent_does_not_count():
    transport, tokens = source(NotSent("Refused."))
    for _ in range(4):
        with pytest.raises(NotSent):
            tokens.token(150)
    assert len(transport.calls) == 4


def test_interrupted_login_counts_and_frees_the_way():
    _, tokens = source(KeyboardInterrupt(), TOKEN)
    with pytest.raises(KeyboardInterrupt):
        tokens.token(150)
    assert tokens.token(150).value == "T1"


def test_success_starts_the_count_over():
    refused = raw(401, "{}")
    transport, tokens = source(refused, TOKEN, refused, TOKEN)
    for expected in (LoginRefused, None, LoginRefused, None):
        tokens.forget()
        if expected is None:
            assert tokens.token(150).value == "T1"
            continue
        with pytest.raises(expected):
            tokens.token(150)
    assert len(transport.calls) == 4


def test_threads_log_in_once():
    transport, tokens = source(TOKEN)
    together = threading.Barrier(8)
    found = []

    def ask():
        together.wait()
        found.append(tokens.token(150).value)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(transport.calls)) == (["T1"] * 8, 1)


def test_token_brought_by_another_login_is_used():
    class Busy(MemoryTokenStore):
        def begin_login(self):
            super().begin_login()
            self._token = Token("theirs", 2000.0)

    transport, tokens = source(TOKEN, store=Busy())
    for _ in range(3):
        tokens.forget()
        assert tokens.token(150).value == "theirs"
    assert transport.calls == []


def test_threads_with_a_wrong_password_try_twice_in_all():
    transport, tokens = source(raw(401, "{}"))

    def ask():
        with pytest.raises((LoginRefused, LoginBlocked)):
            tokens.token(150)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(transport.calls) == 2


def test_repr_of_a_token_hides_it():
    assert repr(Token("T1", 1.0)) == "Token(expires_at=1.0)"


def test_login_of_a_process_that_was_frozen_meanwhile_is_not_sent():
    """It was counted, its time passed, others logged in and failed: it would be the third in a row."""
    store = MemoryTokenStore()
    transport, tokens = source(TOKEN, store=store)
    store.left = 0.0
    with pytest.raises(NotSent, match="held up until others could log in"):
        tokens.token(150)
    assert transport.calls == []
    store.left = 7.0
    tokens.token(150)
    assert [call.deadline for call in transport.calls] == [7.0]
