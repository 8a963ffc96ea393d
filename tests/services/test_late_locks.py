"""PostgreSQL: a late answer takes its locks in the order of everybody else, run before chunk before row."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from allocations.enkash.errors import OutcomeUnknown, UnknownKind
from allocations.enkash.simulator.options import Profile
from allocations.enkash.simulator.people_failures import SHARE
from allocations.enkash.transport import RawAnswer
from allocations.models import Attempt, Run
from allocations.services import answering, keeping, outcomes, planning, reruns, sending
from tests.services.beside import Beside
from tests.services.conftest import Portal
from tests.services.test_crash_points import with_client

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@dataclass
class Losing:
    """A client that keeps the answer of a bulk call to itself."""

    client: Any
    kept: list[RawAnswer] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def allocate(self, *args: Any, **options: Any) -> RawAnswer:
        self.kept.append(self.client.allocate(*args, **options))
        raise OutcomeUnknown("lost", kind=UnknownKind.DEADLINE, http_status=0)


@pytest.fixture
def run(portal: Portal) -> Run:
    return portal.approved_run(rows=2)


@pytest.fixture
def late(portal: Portal, run: Run) -> Beside:
    """The answer to the run's only call, which is lost and quiet by now; EnKash's list lags behind."""
    losing = Losing(portal.gateway.client)
    with_client(portal, losing, worker="first").drain(run)
    assert portal.states(run) == ["unknown"] * 2
    portal.clock.forward(minutes=16)
    portal.sim.faults.push(kind="lookup_empty", times=5)
    attempt = Attempt.objects.get()

    def comes_late() -> None:
        keeping._store(attempt, keeping.Spooled(losing.kept[0], portal.clock()))
        answering.apply_answer(attempt.pk, gateway=portal.gateway, late=True)

    return Beside(comes_late)


def failed_at_the_second_try(portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # EnKash's check for repeated references has not seen the first call yet.
    portal.sim.ledger.by_reference.clear()
    with monkeypatch.context() as everybody_fails:
        everybody_fails.setitem(SHARE, Profile.CLEAN, 1.0)
        portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["failed"] * 2)


def test_against_the_intent_of_a_resend(portal: Portal, run: Run, late: Beside, monkeypatch) -> None:
    monkeypatch.setattr(sending, "_mark_sending", late.before(sending._mark_sending))
    portal.drain(run)
    late.end()
    assert portal.states(run) == ["credited"] * 2


def test_against_the_answer_of_a_resend(portal: Portal, run: Run, late: Beside, monkeypatch) -> None:
    monkeypatch.setattr(outcomes, "apply_verdicts", late.after(outcomes.apply_verdicts))
    portal.drain(run)
    late.end()
    assert portal.states(run) == ["credited"] * 2


def test_against_the_intent_of_a_re_run(portal: Portal, run: Run, late: Beside, monkeypatch) -> None:
    failed_at_the_second_try(portal, run, monkeypatch)
    again = reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    monkeypatch.setattr(sending, "_mark_sending", late.before(sending._mark_sending))
    portal.drain(again)
    late.end()
    assert portal.states(run) == ["credited"] * 2


def test_against_the_click_on_a_re_run(portal: Portal, run: Run, late: Beside, monkeypatch) -> None:
    failed_at_the_second_try(portal, run, monkeypatch)
    monkeypatch.setattr(outcomes, "recount", late.before(outcomes.recount))
    reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    late.end()
    assert portal.states(run) == ["credited"] * 2


def test_against_the_plan_of_a_re_run(portal: Portal, run: Run, late: Beside, monkeypatch) -> None:
    """The rows move to another chunk while the late answer waits for the former one."""
    failed_at_the_second_try(portal, run, monkeypatch)
    again = reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    monkeypatch.setattr(outcomes, "recount", late.before(outcomes.recount))
    planning.begin_run(again.pk, gateway=portal.gateway)
    late.end()
    assert portal.states(run) == ["credited"] * 2
    portal.drain(again)
    assert again.state == "settled"
