"""Names of background jobs and the functions that ring for them.

The database is the queue and Redis only the doorbell: a lost ring costs seconds until the sweeper rings again,
and a double ring finds nothing to do. So a ring never fails its caller.
"""

import logging
import threading

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq import Worker

logger = logging.getLogger(__name__)

IMPORTS = "imports"
RUNS = "runs"
IMPORT_UPLOAD = "allocations.jobs.imports.import_upload"
DRAIN_RUN = "allocations.jobs.runs.drain_run"
TAKE_BACK = "allocations.jobs.reversals.take_back"
ERASE_BATCH = "allocations.jobs.retention.erase_batch"
WRITE_EXPORT = "allocations.jobs.exports.write_export"
DELIVER = "allocations.jobs.webhooks.deliver"
COUNT_PEOPLE = "allocations.jobs.person_years.count_people"
# Set in a process that was asked to end: its job finishes the chunk in hand and rings for the rest.
leaving = threading.Event()
JOBS = {
    IMPORT_UPLOAD: IMPORTS,
    DRAIN_RUN: RUNS,
    TAKE_BACK: RUNS,
    ERASE_BATCH: IMPORTS,
    WRITE_EXPORT: IMPORTS,
    DELIVER: IMPORTS,
    COUNT_PEOPLE: IMPORTS,
}


def ring_import(upload_id: int) -> None:
    """After the commit: an upload waits to be read."""
    transaction.on_commit(lambda: _ring(IMPORT_UPLOAD, upload_id), robust=True)


def ring_run(run_id: int) -> None:
    """After the commit: a run may have something to do."""
    transaction.on_commit(lambda: _ring(DRAIN_RUN, run_id), robust=True)


def ring_reversal(reversal_id: int) -> None:
    """After the commit: a reversal may have something to do."""
    transaction.on_commit(lambda: _ring(TAKE_BACK, reversal_id), robust=True)


def ring_erasure(batch_id: int) -> None:
    """After the commit: the personal data of a batch have been kept long enough."""
    transaction.on_commit(lambda: _ring(ERASE_BATCH, batch_id), robust=True)


def ring_export(export_id: int) -> None:
    """After the commit: a large export waits to be written."""
    transaction.on_commit(lambda: _ring(WRITE_EXPORT, export_id), robust=True)


def ring_webhook(webhook_id: int) -> None:
    """After the commit: an event waits to be told to a webhook."""
    transaction.on_commit(lambda: _ring(DELIVER, webhook_id), robust=True)


def ring_person_count() -> None:
    """After the commit: what came to rest is to be added up by person. There is one such count, and it has no id."""
    transaction.on_commit(lambda: _ring(COUNT_PEOPLE, 1), robust=True)


def workers_of(name: str) -> int:
    """How many processes serve the queue. Raises RedisError or OSError while Redis is away."""
    return sum(name in worker.queue_names() for worker in Worker.all(connection=django_rq.get_connection(name)))


def _ring(job: str, object_id: int) -> None:
    try:
        # The description is logged by RQ: an id, never an argument that could be personal.
        django_rq.get_queue(JOBS[job]).enqueue(job, object_id, description=f"{job} {object_id}", result_ttl=60)
    except (RedisError, OSError):
        logger.warning("redis is away; the sweeper will ring for %s %s", job, object_id)
