"""A witness outside the database of how far sending has come, so that a database put back by a restore is noticed.

It remembers the highest committed attempt of each instance, in Redis. It is the best effort only: without it, or
with an empty Redis, nothing is noticed, and the operator begins the recovery by hand.
"""

import logging
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# The figure of an instance whose life is over, above every attempt: whoever brings it back is behind. Redis counts
# exactly so far.
RETIRED = 2**53 - 1
# Nobody waits for a witness: without one the sending goes on.
_SECONDS = 1
# Several workers write; the highest stays.
_RAISE = (
    "local known = tonumber(redis.call('GET', KEYS[1]) or '-1') "
    "if tonumber(ARGV[1]) > known then redis.call('SET', KEYS[1], ARGV[1]) end"
)


class Witness(Protocol):
    def note(self, instance: UUID, attempt_id: int) -> None:
        """After the intent's commit and before the call. Never fails."""

    def highest(self, instance: UUID) -> int | None:
        """The highest attempt that was noted; None when nothing is known."""


class NoWitness:
    """Remembers nothing, so that a restore is noticed by people only."""

    def note(self, instance: UUID, attempt_id: int) -> None:
        """Nothing to do."""

    def highest(self, instance: UUID) -> int | None:  # noqa: ARG002 - the protocol's
        return None


class RedisWitness:
    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=Retry(NoBackoff(), 0)
        )

    def note(self, instance: UUID, attempt_id: int) -> None:
        try:
            self._redis.eval(_RAISE, 1, _key(instance), str(attempt_id))
        except (RedisError, OSError):
            logger.warning("redis is away; a restore to before attempt %s would not be noticed", attempt_id)

    def highest(self, instance: UUID) -> int | None:
        try:
            known = self._redis.get(_key(instance))
            return int(known) if isinstance(known, bytes) else None
        except (RedisError, OSError, ValueError):
            logger.warning("redis is away or its witness unreadable; a restore would not be noticed now")
            return None


def _key(instance: UUID) -> str:
    return f"portal:{instance}:highest-attempt"


@cache
def redis_witness() -> RedisWitness:
    """One per process: its connections survive a fork."""
    return RedisWitness(settings.REDIS_URL)
