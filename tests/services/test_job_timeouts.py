"""RQ ends a job that takes too long with an exception out of a signal handler, wherever the job is."""

from typing import Any

import pytest
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

from allocations import gateway
from allocations.jobs import runs as job
from allocations.models import Attempt, Lane, Run
from allocations.services import keeping
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def overlong(portal: Portal, monkeypatch) -> Run:
    """A run as the worker's job sees it."""
    monkeypatch.setattr(gateway, "build", lambda: portal.gateway)
    # The test's own connection must outlive the job.
    monkeypatch.setattr(job.connections, "close_all", lambda: None)
    return portal.approved_run(rows=2)


def drain_for_a_second(run: Run) -> None:
    with pytest.raises(JobTimeoutException), UnixSignalDeathPenalty(1, JobTimeoutException):
        job.drain_run(run.pk)
    run.refresh_from_db()


def finish(portal: Portal, run: Run) -> None:
    """Nothing went wrong with the run itself: it goes on, and asks EnKash before it sends again."""
    assert (run.state, run.pause_code, portal.states(run)) == ("running", "", ["sending"] * 2)
    assert Attempt.objects.get().state == "intent"
    assert not Lane.objects.exclude(lease_expires_at=None).exists()
    portal.drain(run)
    assert portal.states(run) == ["unknown"] * 2
    for _ in range(3):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)


def test_f16_a_job_that_is_ended_within_its_call_leaves_an_unknown_call(portal: Portal, overlong: Run) -> None:
    portal.sim.faults.push(kind="hang", seconds=1.6, then="answer")
    drain_for_a_second(overlong)
    finish(portal, overlong)


def test_f16_a_job_that_is_ended_while_it_stores_the_answer_loses_only_that(
    portal: Portal, overlong: Run, monkeypatch
) -> None:
    real = keeping.still_mine

    def slowly(claim: Any) -> bool:
        while True:
            real(claim)

    monkeypatch.setattr(keeping, "still_mine", slowly)
    drain_for_a_second(overlong)
    monkeypatch.setattr(keeping, "still_mine", real)
    finish(portal, overlong)
    assert portal.sim.control.state()["requests"]["bulk"] == 1
