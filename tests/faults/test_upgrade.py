"""The portal is upgraded while a run is under way: as the documents say, and by somebody who stops nothing."""

import signal

import pytest
from django.core.management import call_command
from django.db import connection

from allocations import triggers
from allocations.models import Attempt, Chunk, Row, Run
from allocations.services.runs import resume_run
from tests.factories.people import actor
from tests.faults.conftest import Field, wait_until
from tests.services_up.workers import stop
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 25
# Migrations of a new version: here the newest ones of this version, taken back and applied again.
BEFORE = "0027"


def begun(field: Field) -> Run:
    """A run of which the first chunk is credited and the next one is with EnKash."""
    run = field.approved_run(rows=ROWS)
    wait_until(lambda: field.calls_in_flight() == 1 and Row.objects.filter(state="credited").exists())
    return run


def test_run_goes_on_after_an_upgrade_as_documented(field: Field) -> None:
    field.sim.control.change(latency=0.4)
    worker, sweeper = field.worker(), field.sweeper()
    run = begun(field)
    for process in (worker, sweeper):
        stop(process, signal_number=signal.SIGTERM)
    assert (worker.returncode, sweeper.returncode) == (0, 0)
    assert field.calls_in_flight() == 0
    assert set(Attempt.objects.values_list("state", flat=True)) == {"applied"}
    assert set(Row.objects.values_list("state", flat=True)) == {"credited", "pending"}
    assert Chunk.objects.exclude(lease_owner="").count() == 0
    call_command("migrate", "allocations", BEFORE, verbosity=0)
    # As SQLite does to a table that a migration remakes.
    remove_triggers(connection)
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == frozenset()
    field.sim.control.change(latency=0.05)
    field.worker()
    field.sweeper()
    field.assert_everybody_credited(run)
    assert set(Attempt.objects.values_list("state", flat=True)) == {"applied"}


@pytest.mark.parametrize(
    ("table", "run_stands", "last_attempt"),
    [("allocations_attempt", "paused", "applied"), ("allocations_trailentry", "running", "answered")],
)
def test_workers_of_the_former_version_send_nothing_that_they_cannot_store(
    field: Field, table: str, run_stands: str, last_attempt: str
) -> None:
    """Nobody stopped them, and the new version has a column that they do not fill: their answer is kept, and read by
    the new code."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite adds no column under a worker's hands")
    field.sim.control.change(latency=1.0)
    worker = field.worker()
    run = begun(field)
    with connection.cursor() as cursor:
        # What Django's AddField says.
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN later integer NOT NULL DEFAULT 0")
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN later DROP DEFAULT")
        triggers.install(connection)
        wait_until(lambda: _stand(run) == (run_stands, last_attempt))
        stop(worker, signal_number=signal.SIGTERM)
        assert _sent(field) == Attempt.objects.count() == 2
        # The new code fills it.
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN later")
    field.sim.control.change(latency=0.05)
    field.worker()
    field.sweeper()
    if run_stands == "paused":
        assert Run.objects.get(pk=run.pk).pause_code == "defect"
        resume_run(actor("admin"), run_id=run.pk)
    field.assert_everybody_credited(run)


def _stand(run: Run) -> tuple[str, str]:
    return Run.objects.get(pk=run.pk).state, Attempt.objects.latest("pk").state


def _sent(field: Field) -> int:
    return sum(note.endpoint == "bulk" for note in field.sim.control.watch.notes)
