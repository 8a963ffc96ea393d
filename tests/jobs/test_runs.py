"""What the job of a run does with an error: ring again later, or stop and tell people."""

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from rq.timeouts import JobTimeoutException

from allocations.jobs import runs as job
from tests.factories.runs import RunFactory

pytestmark = pytest.mark.django_db


def state_after(error: type[Exception], monkeypatch) -> tuple[str, str]:
    def fail(*_: object, **__: object) -> bool:
        raise error

    run = RunFactory(state="running")
    # The test's own connection must outlive the job.
    monkeypatch.setattr(job.connections, "close_all", lambda: None)
    monkeypatch.setattr(job.draining, "drain_run", fail)
    with pytest.raises(error):
        job.drain_run(run.pk)
    run.refresh_from_db()
    return run.state, run.pause_code


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, JobTimeoutException])
def test_drain_run_goes_on_later_when_database_or_time_were_away(error: type[Exception], monkeypatch) -> None:
    assert state_after(error, monkeypatch) == ("running", "")


@pytest.mark.parametrize("error", [IntegrityError, DataError, ValueError])
def test_drain_run_pauses_for_what_would_fail_at_every_ring(error: type[Exception], monkeypatch) -> None:
    assert state_after(error, monkeypatch) == ("paused", "defect")
