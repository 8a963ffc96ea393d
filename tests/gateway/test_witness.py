import logging
from uuid import uuid4

import pytest
from django.conf import settings
from redis import Redis

from allocations import gateway as gateways
from allocations.gateway.witness import NoWitness, RedisWitness


def test_the_highest_attempt_of_each_instance_is_remembered(redis_url: str) -> None:
    """F61: what outlives the database."""
    witness, one, two = RedisWitness(redis_url), uuid4(), uuid4()
    for attempt_id in (9, 10, 8):
        witness.note(one, attempt_id)
    witness.note(two, 3)
    assert (witness.highest(one), witness.highest(two), witness.highest(uuid4())) == (10, 3, None)


def test_another_process_sees_the_same(redis_url: str) -> None:
    instance = uuid4()
    RedisWitness(redis_url).note(instance, 5)
    assert RedisWitness(redis_url).highest(instance) == 5


def test_a_figure_that_cannot_be_read_is_not_known(redis_url: str) -> None:
    witness, instance = RedisWitness(redis_url), uuid4()
    with Redis.from_url(redis_url) as connection:
        connection.set(f"portal:{instance}:highest-attempt", "no number")
    assert witness.highest(instance) is None


def test_without_redis_the_sending_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """R19."""
    witness = RedisWitness("redis://127.0.0.1:9/0")
    with caplog.at_level(logging.WARNING):
        witness.note(uuid4(), 5)
    assert witness.highest(uuid4()) is None
    assert "a restore to before attempt 5 would not be noticed" in caplog.text


def test_the_portal_is_built_with_the_witness_of_its_redis() -> None:
    assert isinstance(gateways.build().witness, RedisWitness)
    assert settings.REDIS_URL.startswith("redis://")
    NoWitness().note(uuid4(), 1)
    assert NoWitness().highest(uuid4()) is None
