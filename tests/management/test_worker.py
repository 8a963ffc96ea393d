"""The worker against a real Redis: what it runs, what it refuses, what it leaves behind."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django_rq
import pytest
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from allocations.management.worker import ForeignJobError, PortalJob, PortalWorker
from tests.services_up.workers import BASE_DIR, stop


def status_of(job: Job) -> str:
    return str(job.get_status(refresh=True))


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "subprocess.run",
        "allocations.jobs",
        "allocations.jobs.imports",
        "allocations.jobs.os.system",
        "allocations.jobs.imports.os.system",
        "allocations.services.runs.start",
        "allocations.jobs.imports.__doc__",
        "",
    ],
)
def test_job_that_the_portal_did_not_define_is_refused(name: str) -> None:
    job = PortalJob.__new__(PortalJob)
    job._func_name, job._instance = name, None
    with pytest.raises(ForeignJobError, match="is not a job of the portal"):
        _ = job.func


@pytest.mark.django_db(transaction=True)
def test_worker_fails_a_foreign_job_without_running_it(live_worker, tmp_path) -> None:
    trace = tmp_path / "trace"
    job = django_rq.get_queue("runs").enqueue("os.system", f"touch {trace}")
    live_worker("runs", "--burst").communicate(timeout=60)
    assert (status_of(job), trace.exists()) == ("JobStatus.FAILED", False)


@pytest.mark.django_db(transaction=True)
def test_lines_of_a_job_say_which_job_it_is(live_worker) -> None:
    django_rq.get_queue("runs").enqueue("os.unlink", 12)
    said = live_worker("runs", "--burst", LOG_READABLE="off").communicate(timeout=60)[0]
    events = [json.loads(line) for line in said.splitlines() if "ForeignJobError" in line]
    assert {(event["job"], event["object_id"]) for event in events} == {("unlink", 12)}


def test_child_whose_worker_died_before_it_could_watch_over_it_does_nothing() -> None:
    child = os.fork()
    if child == 0:
        try:
            Worker.main_work_horse = lambda *_: os._exit(42)
            orphaned = PortalWorker.__new__(PortalWorker)
            orphaned.pid = 1_000_000_000
            orphaned.main_work_horse(None, None)
        except SystemExit as end:
            os._exit(end.code)
        finally:
            os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


@dataclass
class Trap:
    """Leaves a trace as soon as somebody unpickles it."""

    trace: Path

    def __reduce__(self):
        return os.system, (f"touch {self.trace}",)


@pytest.mark.django_db(transaction=True)
def test_worker_does_not_unpickle(live_worker, tmp_path) -> None:
    trace = tmp_path / "trace"
    django_rq.get_queue("runs", serializer="pickle").enqueue("allocations.jobs.runs.drain_run", Trap(trace))
    live_worker("runs", "--burst").communicate(timeout=60)
    assert trace.exists() is False


def test_queue_holds_json(redis_url) -> None:
    job = django_rq.get_queue("runs").enqueue("allocations.jobs.runs.drain_run", "5")
    assert JSONSerializer.loads(job.data) == ["allocations.jobs.runs.drain_run", None, ["5"], {}]


def test_worker_takes_one_queue_only() -> None:
    command = [sys.executable, "manage.py", "worker", "runs", "imports"]
    assert subprocess.run(command, cwd=BASE_DIR, capture_output=True, check=False).returncode == 2


@pytest.mark.django_db(transaction=True)
def test_worker_ends_when_asked(live_worker) -> None:
    worker, queue = live_worker("runs"), django_rq.get_queue("runs")
    until = time.monotonic() + 30
    # A worker registers before it listens to signals; idle, it has done both.
    while [w.get_state() for w in Worker.all(queue=queue)] != ["idle"] and time.monotonic() < until:
        time.sleep(0.05)
    stop(worker)
    assert (worker.returncode, Worker.count(queue=queue)) == (0, 0)
