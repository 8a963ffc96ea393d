"""Fixtures that bring up what a test needs: a real Redis, real workers, a real browser."""

from tests.services_up.browser import browser_type_launch_args
from tests.services_up.redis import redis_server, redis_url
from tests.services_up.workers import live_worker

__all__ = ["browser_type_launch_args", "live_worker", "redis_server", "redis_url"]
