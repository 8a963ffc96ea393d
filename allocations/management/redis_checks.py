"""What a worker and a sweeper ask of their Redis before they start."""

import logging

from django.core.management.base import CommandError
from django_rq import get_connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_KEPT = "noeviction"


def insist_on_noeviction(queue: str) -> None:
    """CommandError if Redis would throw rings away when its memory is full.

    No ring is worth a point, for the sweeper rings again, but each lost one costs its pause. What Redis does not tell,
    because it is away or forbids the question, is a warning: a portal that starts without Redis must also start.
    """
    try:
        # INFO, not CONFIG: hosted Redis forbids the latter.
        memory = get_connection(queue).info("memory")
    except RedisConnectionError:
        logger.warning("redis is away; its eviction policy is not checked")
        return
    except RedisError as error:
        logger.warning("redis does not tell its eviction policy (%s); it has to be %s", error, _KEPT)
        return
    policy, limit = memory.get("maxmemory_policy"), memory.get("maxmemory", 0)
    if policy == _KEPT:
        return
    if policy is None or not limit:
        logger.warning(
            "redis evicts by %s once a memory limit is set; set maxmemory-policy %s",
            policy or "an unknown policy",
            _KEPT,
        )
        return
    raise CommandError(
        f"Redis has maxmemory-policy {policy}: when its memory is full it throws jobs away. Set it to {_KEPT}."
    )
