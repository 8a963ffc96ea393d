"""PostgreSQL is restarted under a run: nothing is lost, and whoever lost it tries again."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.core.management import call_command
from django.db import connection

from allocations.models import Row
from rewards_portal.databases import database
from tests.faults.conftest import Field, wait_until
from tests.services_up.postgresql import Cluster, cluster

pytestmark = pytest.mark.django_db(transaction=True)


class Restartable:
    def __init__(self, own: Cluster) -> None:
        self._own = own
        self._running = ExitStack()

    def start(self) -> None:
        self._running.enter_context(self._own.running())

    def stop(self) -> None:
        connection.close()
        self._running.close()


@pytest.fixture
def server(field: Field, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restartable]:
    """A PostgreSQL of the test's own; this process and those it starts work on it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    connection.close()
    with cluster() as own, monkeypatch.context() as patch:
        chosen = database(own.url, base=own.folder)
        for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
            patch.setitem(connection.settings_dict, name, chosen[name])
        server = Restartable(own)
        server.start()
        call_command("migrate", verbosity=0)
        yield server
        server.stop()


@pytest.mark.parametrize("calls", [0, 1])
def test_f22_a_run_ends_whose_database_is_restarted(field: Field, server: Restartable, calls: int) -> None:
    """Between two steps of the portal, and while EnKash has a call."""
    field.sim.control.change(latency=1.0 if calls else 0.05)
    field.worker()
    run = field.approved_run(rows=60)
    wait_until(lambda: field.calls_in_flight() == calls and Row.objects.exclude(state="pending").exists())
    server.stop()
    field.sim.control.change(latency=0.05)
    server.start()
    field.sweeper()
    field.assert_everybody_credited(run)
