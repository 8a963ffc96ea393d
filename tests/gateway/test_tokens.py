"""The shared token: few logins, never a third after two failures, also with many workers at once (V18)."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from allocations import gateway as gateways
from allocations.enkash.auth import Token
from allocations.enkash.errors import EnkashError, LoginBlocked, NotSent
from allocations.gateway import secrets
from allocations.gateway.tokens import LOGIN_TAKES, DatabaseTokenStore, allow_one_more_login
from allocations.models import EnkashToken
from tests.at_once import together
from tests.services.conftest import Clock

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
TOKEN = Token("demo-token", NOW.timestamp() + 240)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


def store(clock: Clock, worker: str = "one") -> DatabaseTokenStore:
    return DatabaseTokenStore(worker=worker, clock=clock)


def fail(tokens: DatabaseTokenStore) -> None:
    tokens.begin_login()
    tokens.login_failed("Bad credentials")


@pytest.mark.django_db
def test_a_token_is_kept_encrypted_until_it_is_forgotten(clock: Clock) -> None:
    tokens = store(clock)
    assert tokens.current() is None
    tokens.begin_login()
    tokens.login_succeeded(TOKEN)
    assert store(clock, "two").current() == TOKEN
    assert b"demo-token" not in bytes(EnkashToken.objects.get().value)
    tokens.forget()
    assert tokens.current() is None


@pytest.mark.django_db
def test_a_token_under_a_lost_key_is_no_token(clock: Clock) -> None:
    tokens = store(clock)
    tokens.begin_login()
    tokens.login_succeeded(TOKEN)
    EnkashToken.objects.update(value=b"sealed with another key")
    assert tokens.current() is None


@pytest.mark.django_db
def test_two_failures_block_until_a_person_allows_one_more(clock: Clock) -> None:
    tokens = store(clock)
    fail(tokens)
    fail(tokens)
    with pytest.raises(LoginBlocked, match="Bad credentials"):
        tokens.begin_login()
    assert allow_one_more_login(now=clock())
    assert not allow_one_more_login(now=clock())
    fail(tokens)
    with pytest.raises(LoginBlocked):
        tokens.begin_login()


@pytest.mark.django_db
def test_one_more_is_not_allowed_again_while_it_is_under_way(clock: Clock) -> None:
    tokens = store(clock)
    fail(tokens)
    fail(tokens)
    assert allow_one_more_login(now=clock())
    tokens.begin_login()
    assert not allow_one_more_login(now=clock())
    tokens.login_failed("Bad credentials")
    assert allow_one_more_login(now=clock())


@pytest.mark.django_db
def test_a_success_starts_the_count_over(clock: Clock) -> None:
    tokens = store(clock)
    fail(tokens)
    tokens.begin_login()
    tokens.login_succeeded(TOKEN)
    assert EnkashToken.objects.get().failures == 0


@pytest.mark.django_db
def test_a_login_that_was_not_sent_is_not_counted(clock: Clock) -> None:
    tokens = store(clock)
    for _ in range(3):
        tokens.begin_login()
        tokens.login_not_sent()
    assert EnkashToken.objects.get().failures == 0


@pytest.mark.django_db
def test_a_login_lost_with_its_worker_stays_counted_and_frees_the_way(clock: Clock) -> None:
    store(clock, "dead").begin_login()
    clock.forward(seconds=LOGIN_TAKES.total_seconds() + 1)
    tokens = store(clock)
    tokens.begin_login()
    assert EnkashToken.objects.get().failures == 2
    store(clock, "dead").login_succeeded(TOKEN)
    assert EnkashToken.objects.get().value is None
    tokens.login_succeeded(TOKEN)
    assert EnkashToken.objects.get().failures == 0


@pytest.mark.django_db
def test_a_login_is_ours_for_its_time_and_not_a_moment_longer(clock: Clock) -> None:
    tokens = store(clock)
    assert tokens.login_left() <= 0
    tokens.begin_login()
    assert tokens.login_left() == LOGIN_TAKES.total_seconds()
    clock.forward(seconds=LOGIN_TAKES.total_seconds())
    assert tokens.login_left() == 0


@pytest.mark.django_db
def test_a_worker_does_not_wait_for_ever_for_anothers_login(clock: Clock) -> None:
    store(clock, "slow").begin_login()
    EnkashToken.objects.update(login_until=NOW + timedelta(days=1))
    times = iter([NOW, NOW])
    waiting = DatabaseTokenStore(worker="two", clock=lambda: next(times, NOW + 2 * LOGIN_TAKES))
    with pytest.raises(NotSent, match="too long"):
        waiting.begin_login()


@pytest.mark.django_db(transaction=True)
def test_four_workers_with_a_wrong_password_try_twice_in_all() -> None:
    """F36."""
    calls: list[str] = []

    def work(name: str) -> None:
        tokens = DatabaseTokenStore(worker=name, clock=gateways.database_now)
        for _ in range(3):
            try:
                tokens.begin_login()
            except EnkashError:
                continue
            calls.append(name)
            tokens.login_failed("Bad credentials")

    together(*(partial(work, f"w{number}") for number in range(4)))
    assert len(calls) == 2
    assert EnkashToken.objects.get().failures == 2


def test_secrets_open_with_any_of_the_keys() -> None:
    assert secrets.decrypt(memoryview(secrets.encrypt(b"plain"))) == b"plain"


@pytest.mark.django_db
def test_database_now_is_the_databases_clock_where_machines_share_it() -> None:
    now = gateways.database_now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)
    assert connection.vendor in {"sqlite", "postgresql"}


def test_build_names_the_worker_once_per_process() -> None:
    built = gateways.build()
    assert built.worker == gateways.worker_name() == gateways.build().worker
    assert built.timing.budget == 2 * built.timing.deadline
