"""F24, F25: the database is locked or full when a worker writes its intent, or anything before or after it."""

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection

from allocations import gateway
from allocations.jobs import runs as job
from allocations.models import Attempt
from allocations.services import keeping
from tests.services.conftest import Portal
from tests.services.invariants import check_attempts, check_invariants, check_rows

pytestmark = pytest.mark.django_db(transaction=True)


class Refusing:
    """A database that takes no more than so many writes."""

    def __init__(self, message: str, *, takes: int) -> None:
        self._message = message
        self.left = takes

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left < 0:
                raise OperationalError(self._message)
        return execute(sql, params, many, context)


@pytest.mark.parametrize("message", ["database is locked", "database or disk is full"])
def test_whatever_write_is_refused_the_run_ends_and_nobody_gets_twice(
    portal: Portal, settings, tmp_path, monkeypatch, message: str
) -> None:
    settings.SPOOL_ROOT = tmp_path / "spool"
    monkeypatch.setattr(keeping, "time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(gateway, "build", lambda: portal.gateway)
    # The test's own connection must outlive the job.
    monkeypatch.setattr(job.connections, "close_all", lambda: None)
    run = portal.approved_run(rows=2)
    for takes in range(0, 24, 3):
        refusing = Refusing(message, takes=takes)
        with connection.execute_wrapper(refusing), suppress(OperationalError):
            job.drain_run(run.pk)
        sent = portal.sim.control.state()["requests"].get("bulk", 0)
        assert sent <= Attempt.objects.count()
        check_rows(portal)
        check_attempts(portal)
        portal.clock.forward(minutes=21)
    for _ in range(4):
        portal.drain_after(run, minutes=21)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)
