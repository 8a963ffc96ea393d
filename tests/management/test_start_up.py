"""What keeps a worker or a sweeper from starting, each with its sentence."""

import logging
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from redis import Redis

from allocations import queue
from allocations.management.redis_checks import insist_on_noeviction
from tests.services_up.workers import StartWorker

RUNS_WORKER, IMPORTS_WORKER, SWEEPER = ("worker", "runs"), ("worker", "imports"), ("sweep",)
STARTS = (RUNS_WORKER, IMPORTS_WORKER, SWEEPER)
SAFE = {"maxmemory": 0, "maxmemory-policy": "noeviction"}


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as connection:
        yield connection
        set_up(connection, **SAFE)


def set_up(redis: Redis, **values: object) -> None:
    for name, value in values.items():
        redis.config_set(name, value)


def refusal_of(start: StartWorker, words: tuple[str, ...], **variables: str) -> tuple[int, str]:
    command, *arguments = words
    process = start(*arguments, command=command, **variables)
    said = process.communicate(timeout=60)[0]
    return process.returncode, said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", STARTS, ids=" ".join)
def test_f21_redis_that_evicts_is_refused(live_worker: StartWorker, redis: Redis, words: tuple[str, ...]) -> None:
    set_up(redis, **{"maxmemory": 10**9, "maxmemory-policy": "allkeys-lru"})
    code, said = refusal_of(live_worker, words)
    assert (code, "Redis has maxmemory-policy allkeys-lru" in said, "Set it to noeviction." in said) == (
        1,
        True,
        True,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", STARTS, ids=" ".join)
def test_times_under_which_points_could_be_sent_twice_are_refused(
    live_worker: StartWorker, words: tuple[str, ...]
) -> None:
    times = {"ENKASH_TIMEOUT": "60", "ENKASH_LEASE_SECONDS": "100", "ENKASH_JOB_SECONDS": "90"}
    code, said = refusal_of(live_worker, words, ENKASH_QUIET_SECONDS="10", **times)
    assert code == 1
    assert [f"money.E00{number}" in said for number in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({}, ""),
        ({"maxmemory": 10**9}, ""),
        ({"maxmemory-policy": "allkeys-lru"}, "redis evicts by allkeys-lru once a memory limit is set"),
    ],
)
def test_f21_redis_that_evicts_nothing_is_accepted(redis: Redis, caplog, values, warned: str) -> None:
    set_up(redis, **values)
    with caplog.at_level(logging.WARNING):
        insist_on_noeviction(queue.RUNS)
    assert (warned in caplog.text, bool(caplog.records)) == (True, bool(warned))


def test_f21_redis_that_keeps_its_policy_to_itself_is_accepted_with_a_warning(redis: Redis, caplog) -> None:
    redis.execute_command("ACL", "SETUSER", "default", "-info")
    try:
        insist_on_noeviction(queue.RUNS)
    finally:
        redis.execute_command("ACL", "SETUSER", "default", "+info")
    assert "redis does not tell its eviction policy" in caplog.text


@pytest.mark.django_db
def test_sweeper_starts_while_redis_is_away(settings, caplog) -> None:
    settings.RQ_QUEUES = {
        name: {**each, "URL": "unix:///nowhere/redis.sock"} for name, each in settings.RQ_QUEUES.items()
    }
    call_command("sweep", "--once")
    assert "redis is away; its eviction policy is not checked" in caplog.text


@pytest.mark.django_db
def test_worker_says_that_redis_is_away(settings) -> None:
    settings.RQ_QUEUES = {
        name: {**each, "URL": "unix:///nowhere/redis.sock"} for name, each in settings.RQ_QUEUES.items()
    }
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        call_command("worker", "runs", "--burst")


@pytest.mark.django_db(transaction=True)
def test_f21_a_full_redis_loses_a_ring_and_nothing_else(redis: Redis, caplog) -> None:
    set_up(redis, maxmemory=1)
    queue.ring_run(5)
    assert "the sweeper will ring for allocations.jobs.runs.drain_run 5" in caplog.text
