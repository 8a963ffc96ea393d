"""PostgreSQL: a look-up after a restore takes its locks in the order of everybody else, run before chunk."""

import pytest
from django.db import connection

from allocations.enkash.errors import LoginBlocked
from allocations.models import Chunk, Run
from allocations.services import looking_up, runs
from tests.services.beside import Beside
from tests.services.conftest import Portal
from tests.services.test_recovering import begin, begun, sent_elsewhere

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def run(portal: Portal) -> Run:
    """Paused, with a chunk that waits for people and has to be looked up now."""
    run = begun(portal, rows=2)
    sent_elsewhere(portal, run)
    begin(portal)
    runs.pause_run(portal.maker, run_id=run.pk)
    Chunk.objects.update(state="people")
    portal.clock.forward(minutes=21)
    return run


def look_up_while_it_is_resumed(portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    resume = Beside(lambda: runs.resume_run(portal.maker, run_id=run.pk))
    monkeypatch.setattr(looking_up, "still_mine", resume.after(looking_up.still_mine))
    looking_up.look_up_run(run.pk, gateway=portal.gateway)
    resume.end()
    run.refresh_from_db()
    assert run.state == "running"


def test_a_resume_beside_a_look_up_that_finds_something_impossible(portal: Portal, run: Run, monkeypatch) -> None:
    portal.sim.faults.push(kind="lookup_other_amount")
    look_up_while_it_is_resumed(portal, run, monkeypatch)
    assert "anomaly" in portal.states(run)


def test_a_resume_beside_a_look_up_whose_login_is_refused(portal: Portal, run: Run, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LoginBlocked("Blocked.", http_status=0)

    monkeypatch.setattr(looking_up.resolving, "look_up", refuse)
    look_up_while_it_is_resumed(portal, run, monkeypatch)
    assert portal.states(run) == ["pending"] * 2
