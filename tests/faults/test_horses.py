"""A worker process dies without its job, or RQ errs about a job: neither moves a point."""

import os
import signal
import time

import django_rq
import psutil
import pytest
from rq import Worker
from rq.job import Callback, Job, JobStatus
from rq.registry import StartedJobRegistry

from allocations.management.worker import PortalJob, PortalWorker
from allocations.models import Attempt, Chunk, Row, Run, TrailEntry
from tests.faults.conftest import Field, settled, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_f9_a_job_dies_with_its_worker(field: Field) -> None:
    """Left alone it would go on as an orphan, and a second worker could start the same job beside it."""
    field.sim.control.change(latency=1.5)
    worker = field.worker()
    run = field.approved_run(rows=30)
    wait_until(lambda: Attempt.objects.filter(state="intent").exists())
    horses = psutil.Process(worker.pid).children()
    assert len(horses) == 1
    os.kill(worker.pid, signal.SIGKILL)
    gone, alive = psutil.wait_procs(horses, timeout=5)
    assert (len(gone), alive) == (1, [])
    field.sim.control.change(latency=0.05)
    field.worker()
    field.sweeper()
    wait_until(settled(run), seconds=120)
    assert Row.objects.filter(state="credited").count() == 30
    field.assert_books_agree(run)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Run, Chunk, Attempt, Row, TrailEntry)]


def test_f64_a_finished_job_that_rq_calls_abandoned_changes_nothing(field: Field) -> None:
    run = field.approved_run(rows=30)
    worker = field.worker()
    wait_until(settled(run))
    queue = django_rq.get_queue("runs")
    wait_until(lambda: queue.finished_job_registry.count > 0)
    worker.terminate()
    worker.communicate(timeout=30)
    before = everything()
    job = PortalJob.fetch(queue.finished_job_registry.get_job_ids()[0], connection=queue.connection)
    queue.finished_job_registry.remove(job)
    # As if the end of the job had not reached Redis.
    job.set_status(JobStatus.STARTED)
    started = StartedJobRegistry(queue=queue, job_class=PortalJob)
    queue.connection.zadd(started.key, {f"{job.id}:{'0' * 32}": time.time() - 5})
    started.cleanup()
    assert (started.count, len(queue.failed_job_registry), everything() == before) == (0, 1, True)
    # Even started again it finds nothing to do.
    queue.failed_job_registry.requeue(job)
    field.start("runs", "--burst", **field.variables()).communicate(timeout=60)
    assert everything() == before
    field.assert_books_agree(run)


def test_jobs_have_no_callbacks_and_workers_no_fixed_names(redis_url: str) -> None:
    queue = django_rq.get_queue("runs")
    job = queue.enqueue(
        "allocations.jobs.runs.drain_run",
        5,
        on_failure=Callback("os.system"),
        on_success=Callback("os.system"),
        on_stopped=Callback("os.system"),
    )
    read = PortalJob.fetch(job.id, connection=queue.connection)
    assert (read.success_callback, read.failure_callback, read.stopped_callback) == (None, None, None)
    workers = [PortalWorker([queue], connection=queue.connection, job_class=Job) for _ in range(2)]
    assert workers[0].name != workers[1].name
    assert all(isinstance(worker, Worker) for worker in workers)
