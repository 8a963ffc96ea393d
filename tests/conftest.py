"""Fixtures that bring up what a test needs: a real Redis, real workers, a real browser."""

from django.db import connection
from django.test import TransactionTestCase

from tests.services_up.browser import browser_type_launch_args
from tests.services_up.redis import redis_server, redis_url
from tests.services_up.snapshots import backup
from tests.services_up.workers import live_worker
from tests.triggers import remove_triggers

__all__ = ["backup", "browser_type_launch_args", "live_worker", "redis_server", "redis_url"]


def _flush_past_the_triggers(teardown):
    """Emptying tables between tests is what the triggers forbid; the flush installs them again (post_migrate)."""

    def without_triggers(case: TransactionTestCase) -> None:
        remove_triggers(connection)
        teardown(case)

    return without_triggers


TransactionTestCase._fixture_teardown = _flush_past_the_triggers(TransactionTestCase._fixture_teardown)
