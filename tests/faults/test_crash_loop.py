"""A worker killed at every instant in turn: whichever it was, the run ends, and everybody got their points once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from allocations import queue, triggers
from allocations.enkash.simulator.server import Simulator
from allocations.gateway import tokens
from allocations.models import (
    Account,
    Attempt,
    AttemptRow,
    Batch,
    Chunk,
    ContractDifference,
    EnkashToken,
    Row,
    Run,
    SampleOpening,
    TrailEntry,
    Upload,
    Vote,
)
from allocations.services import draining, sweeping
from tests.faults.crash_points import run_until, wait_until_idle
from tests.services.conftest import Portal, make_portal
from tests.services.invariants import check_invariants, check_trail
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 2
KINDS = {"before commit", "after commit", "after a single write", "with a lane and no chunk"}
KINDS |= {"with half of the request sent", "with the request sent", "with the answer"}
# Children before parents.
TABLES = (
    ContractDifference,
    AttemptRow,
    Attempt,
    Row,
    Chunk,
    Run,
    Vote,
    SampleOpening,
    TrailEntry,
    Upload,
    Batch,
    EnkashToken,
)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with Simulator(profile="clean", seed=1) as sim:
        portal = make_portal(sim)
        # Who waits for a dead worker's login waits on the clock that the test moves.
        waits = SimpleNamespace(sleep=lambda _: portal.clock.forward(seconds=15))
        monkeypatch.setattr(tokens, "time", waits)
        yield portal


@contextmanager
def without_triggers() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
    else:
        remove_triggers(connection)
        yield
        triggers.install(connection)


def begin(portal: Portal) -> Run:
    """One approved batch, and a simulator that loses the first answer with half of the work done."""
    with without_triggers():
        for model in TABLES:
            model.objects.all()._raw_delete("default")
    Account.objects.update(balance=None, balance_at=None)
    portal.account.lanes.update(lease_expires_at=None, lease_owner="")
    portal.sim.control.reset()
    portal.sim.faults.push(kind="error_half")
    return portal.approved_run(rows=ROWS, uploaded_by=get_user_model().objects.get(pk=portal.maker.id))


def work(portal: Portal, run: Run) -> None:
    """As the worker does it, with time passing: the lost call, the look-up that finds half, the resend."""
    for _ in range(3):
        draining.drain_run(run.pk, gateway=portal.gateway)
        portal.clock.forward(minutes=16)


def recover(portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sweeper and another worker make of it, with nothing but the database."""
    other = portal.as_worker("another worker")
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_run", rung.append)
    for _ in range(6):
        rung.clear()
        sweeping.sweep(gateway=other.gateway, every=timedelta(seconds=30))
        for run_id in rung:
            draining.drain_run(run_id, gateway=other.gateway)
        run.refresh_from_db()
        if run.state == "settled":
            return
        portal.clock.forward(minutes=16)


def check(portal: Portal, run: Run) -> None:
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * ROWS)
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)
    check_trail()


def test_a_worker_killed_at_any_point_costs_and_doubles_nothing(portal: Portal, monkeypatch) -> None:
    """F1, F2, F3, F4, F5, F6, F7, F8, F17: every point of a run, until a worker comes to its end unharmed."""
    died: list[str] = []
    while True:
        run = begin(portal)
        told = run_until(len(died) + 1, partial(work, portal, run), clock=portal.clock)
        if told is None:
            break
        died.append(told["point"])
        wait_until_idle(portal.sim)
        portal.clock.now = datetime.fromisoformat(told["now"])
        recover(portal, run, monkeypatch)
        check(portal, run)
    run.refresh_from_db()
    check(portal, run)
    kinds = Counter(point.partition(" in ")[0] for point in died)
    assert kinds.keys() == KINDS
    print(f"\n{connection.vendor}: killed at {len(died)} points: {dict(kinds)}")
