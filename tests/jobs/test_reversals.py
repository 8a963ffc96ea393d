"""What the job of a reversal does with an error: leave it to the sweeper, or hold it and tell people."""

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from rq.timeouts import JobTimeoutException

from allocations.jobs import reversals as job
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db


def held_after(error: type[Exception], monkeypatch) -> str:
    def fail(*_: object, **__: object) -> None:
        raise error

    reversal = reversal_in("approved")
    # The test's own connection must outlive the job.
    monkeypatch.setattr(job.connections, "close_all", lambda: None)
    monkeypatch.setattr(job.reversing, "take_back", fail)
    with pytest.raises(error):
        job.take_back(reversal.pk)
    reversal.refresh_from_db()
    return reversal.pause_code


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, JobTimeoutException])
def test_take_back_goes_on_later_when_database_or_time_were_away(error: type[Exception], monkeypatch) -> None:
    assert held_after(error, monkeypatch) == ""


@pytest.mark.parametrize("error", [IntegrityError, DataError, ValueError])
def test_take_back_holds_what_would_fail_at_every_ring(error: type[Exception], monkeypatch) -> None:
    assert held_after(error, monkeypatch) == "defect"
