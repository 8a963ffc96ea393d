"""F22: the database is away while an answer arrives."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from allocations.models import Attempt, Run
from allocations.services import draining, keeping
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.SPOOL_ROOT = tmp_path / "spool"
    return settings.SPOOL_ROOT


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(keeping, "time", SimpleNamespace(sleep=waits.append))
    return waits


class Outage:
    """Every statement fails from the end of the call on, for so many connections or until it ends."""

    def __init__(self, connections: int) -> None:
        self.left = connections
        self.begun = False

    def begin(self) -> None:
        self.begun = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self.begun and self.left > 0:
            raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)


def drain_through(portal: Portal, run: Run, outage: Outage, monkeypatch: pytest.MonkeyPatch) -> None:
    real = connection.close

    def close() -> None:
        outage.left -= 1
        real()

    client = Wrapped(portal.gateway.client, "allocate", after=outage.begin)
    with connection.execute_wrapper(outage), monkeypatch.context() as patched:
        patched.setattr(connection, "close", close)
        draining.drain_run(run.pk, gateway=with_client(portal, client, worker="one").gateway)


def test_an_answer_is_kept_when_the_database_comes_back_within_a_minute(portal, monkeypatch, slept, folder) -> None:
    """F22."""
    run = portal.approved_run(rows=2)
    drain_through(portal, run, Outage(3), monkeypatch)
    run.refresh_from_db()
    assert (run.state, portal.states(run), slept) == ("settled", ["credited"] * 2, [2, 6, 12])
    assert list(folder.iterdir()) == []
    check_invariants(portal)


def lost_for_a_minute(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Run:
    run = portal.approved_run(rows=2)
    with pytest.raises(OperationalError):
        drain_through(portal, run, Outage(99), monkeypatch)
    assert portal.states(run) == ["sending"] * 2
    portal.clock.forward(minutes=6)
    return run


def test_an_answer_that_nobody_could_store_waits_in_the_spool(portal, monkeypatch, slept, folder) -> None:
    """F22: five more tries within a minute, then the file; the next worker reads it and asks EnKash nothing."""
    run = lost_for_a_minute(portal, monkeypatch)
    assert (slept, len(list(folder.iterdir()))) == ([2, 6, 12, 16, 24], 1)
    portal.drain(run)
    requests = portal.sim.control.state()["requests"]
    assert (run.state, portal.states(run), requests["bulk"]) == ("settled", ["credited"] * 2, 1)
    assert [attempt.state for attempt in Attempt.objects.all()] == ["applied"]
    assert list(folder.iterdir()) == []
    check_invariants(portal)


def test_an_answer_in_the_spool_of_another_machine_comes_late(portal, monkeypatch, settings, folder) -> None:
    """F22: the rows are unknown until the machine that holds the answer works again."""
    run = lost_for_a_minute(portal, monkeypatch)
    settings.SPOOL_ROOT = folder.parent / "elsewhere"
    portal.drain(run)
    assert portal.states(run) == ["unknown"] * 2
    settings.SPOOL_ROOT = folder
    portal.drain(run)
    assert portal.states(run) == ["credited"] * 2
    assert [attempt.state for attempt in Attempt.objects.all()] == ["resolved"]
    assert list(folder.iterdir()) == []
    check_invariants(portal)


def test_a_spooled_answer_that_was_stored_already_is_only_removed(portal, folder) -> None:
    """The worker died between the commit and the removal."""
    run = portal.drain(portal.approved_run(rows=2))
    attempt = Attempt.objects.get()
    raw = keeping.RawAnswer(200, {}, b"other", 0.1)
    keeping.spool.put(attempt, keeping.Spooled(raw, portal.clock()))
    portal.drain(run)
    assert list(folder.iterdir()) == []
    check_invariants(portal)


def test_without_database_and_disk_the_outcome_is_unknown(portal, monkeypatch, folder) -> None:
    """F25."""
    folder.write_text("no folder")
    run = lost_for_a_minute(portal, monkeypatch)
    portal.drain(run)
    assert portal.states(run) == ["unknown"] * 2
    for _ in range(2):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())
    check_invariants(portal)


def test_the_time_of_an_answer_is_this_machines_while_the_database_is_away(portal) -> None:
    def away() -> None:
        raise OperationalError

    assert keeping._now(SimpleNamespace(clock=away)).tzinfo is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could go away")
def test_an_answer_survives_a_server_that_drops_its_connections(portal, slept) -> None:
    """F22: as in a restart."""

    def restart() -> None:
        now = connection.settings_dict
        with psycopg.connect(host=now["HOST"], user=now["USER"], dbname="postgres", autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [now["NAME"]])

    run = portal.approved_run(rows=2)
    client = Wrapped(portal.gateway.client, "allocate", after=restart)
    draining.drain_run(run.pk, gateway=with_client(portal, client, worker="one").gateway)
    run.refresh_from_db()
    assert (run.state, portal.credited(run), slept) == ("settled", portal.ledger(), [2])
