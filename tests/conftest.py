"""Fixtures that bring up what a test needs: a real Redis, real workers, a real browser."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings

from allocations.actors import note_proof
from allocations.models import Installation
from tests.services_up.browser import browser_type_launch_args
from tests.services_up.redis import redis_server, redis_url
from tests.services_up.snapshots import backup
from tests.services_up.workers import live_worker
from tests.triggers import remove_triggers

# Hypothesis without its clock: two cores under load are no finding.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

__all__ = ["backup", "browser_type_launch_args", "live_worker", "redis_server", "redis_url"]


class KnownClient(Client):
    """Whoever is signed in has just shown who they are, as everybody has who signs in at the door."""

    def force_login(self, user: User, backend: str | None = None) -> None:
        super().force_login(user, backend)
        session = self.session
        for kind in ("password", "factor", "elsewhere"):
            note_proof(session, user, kind, at=timezone.now())
        session.save()


@pytest.fixture
def client() -> Client:
    return KnownClient()


def _flush_past_the_triggers(teardown):
    """Emptying tables between tests is what the triggers forbid; the flush installs them again (post_migrate)."""

    def without_triggers(case: TransactionTestCase) -> None:
        remove_triggers(connection)
        teardown(case)
        # A migration made it, and tests that come after in this process count on it.
        Installation.objects.get_or_create(pk=1)

    return without_triggers


TransactionTestCase._fixture_teardown = _flush_past_the_triggers(TransactionTestCase._fixture_teardown)
