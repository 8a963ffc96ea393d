"""A worker is killed, asked to end or stopped while EnKash has its call: the run ends by itself, nobody gets twice."""

import os
import signal
import subprocess
import time
from collections import Counter

import psutil
import pytest

from allocations.models import Attempt, Row
from tests.faults.conftest import TIMES, Field, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 30
LEASE = float(TIMES["ENKASH_LEASE_SECONDS"])
Worker = subprocess.Popen


@pytest.fixture
def caught(field: Field):
    """A run and a worker whose first call is with EnKash right now."""
    field.sim.control.change(latency=1.0)
    worker = field.worker()
    run = field.approved_run(rows=ROWS)
    wait_until(lambda: field.calls_in_flight() == 1)
    field.sim.control.change(latency=0.05)
    return run, worker


def horse_of(worker: Worker) -> int:
    (child,) = psutil.Process(worker.pid).children()
    return child.pid


def send(number: signal.Signals, *pids: int) -> None:
    for pid in pids:
        os.kill(pid, number)


def states() -> set[str]:
    return set(Attempt.objects.values_list("state", flat=True))


def test_f10_f17_a_killed_job_is_resolved_after_its_lease(field: Field, caught) -> None:
    """The kernel kills a process without memory in the same way."""
    run, worker = caught
    send(signal.SIGKILL, horse_of(worker))
    field.sweeper()
    field.assert_everybody_credited(run)
    assert worker.poll() is None
    assert states() == {"applied", "resolved"}


def test_f11_a_killed_worker_and_its_job_are_resolved_after_the_lease(field: Field, caught) -> None:
    run, worker = caught
    send(signal.SIGKILL, horse_of(worker), worker.pid)
    field.sweeper()
    field.worker()
    field.assert_everybody_credited(run)
    assert states() == {"applied", "resolved"}


def test_f12_a_worker_that_is_asked_to_end_finishes_its_chunk(field: Field, caught) -> None:
    run, worker = caught
    send(signal.SIGTERM, worker.pid)
    worker.communicate(timeout=60)
    rows = Counter(Row.objects.values_list("state", flat=True))
    assert (states(), Attempt.objects.count(), rows) == ({"applied"}, 1, {"credited": 10, "pending": ROWS - 10})
    field.sweeper()
    field.worker()
    field.assert_everybody_credited(run)


def test_f13_a_group_that_is_asked_to_end_leaves_an_unknown_call(field: Field, caught) -> None:
    """As systemd does with KillMode=control-group: the job ends at once."""
    run, worker = caught
    send(signal.SIGTERM, horse_of(worker), worker.pid)
    worker.communicate(timeout=60)
    assert states() == {"intent"}
    field.sweeper()
    field.worker()
    field.assert_everybody_credited(run)
    assert states() == {"applied", "resolved"}


def test_f14_a_worker_that_is_asked_twice_ends_at_once(field: Field) -> None:
    field.sim.control.change(latency=1.9)
    worker = field.worker()
    run = field.approved_run(rows=ROWS)
    wait_until(lambda: field.calls_in_flight() == 1)
    field.sim.control.change(latency=0.05)
    send(signal.SIGTERM, worker.pid)
    # RQ takes a second signal within a second for the first one, sent to the group as well.
    time.sleep(1.1)
    send(signal.SIGTERM, worker.pid)
    worker.communicate(timeout=60)
    assert states() == {"intent"}
    field.sweeper()
    field.worker()
    field.assert_everybody_credited(run)
    assert states() == {"applied", "resolved"}


def test_f15_a_worker_that_sleeps_past_its_lease_changes_nothing(field: Field, caught) -> None:
    """It wakes, reads the answer to its call, and finds the chunk taken over."""
    run, worker = caught
    horse = horse_of(worker)
    send(signal.SIGSTOP, worker.pid, horse)
    field.sweeper()
    field.worker()
    # A slow machine sees the call only when the other worker has looked its rows up.
    wait_until(lambda: states() in ({"applied", "unknown"}, {"applied", "resolved"}))
    send(signal.SIGCONT, horse, worker.pid)
    field.assert_everybody_credited(run)
    wait_until(lambda: Attempt.objects.filter(state="resolved", body__isnull=False).exists())
    field.assert_books_agree(run)
