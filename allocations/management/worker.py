"""An RQ worker that is safe to leave alone with money: JSON only, our jobs only, and no orphans."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.utils import import_attribute
from structlog.contextvars import bound_contextvars

from allocations.queue import JOBS, leaving

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ForeignJobError(Exception):
    """Redis holds a job that the portal did not define."""


class PortalJob(Job):
    """A job whose function must be one that allocations.queue rings for."""

    # Who can write to Redis can name any importable function; RQ itself would run os.system.
    @property
    def func(self) -> Callable[..., Any]:
        """Return the function; ForeignJobError for any other name."""
        name = self.func_name or ""
        if self.instance is not None or name not in JOBS:
            raise ForeignJobError(f"{name!r} is not a job of the portal.")
        return import_attribute(name)

    # Callbacks are resolved from Redis by name too, and the portal has none.
    success_callback = failure_callback = stopped_callback = property(lambda _self: None)


class PortalWorker(Worker):
    """A worker that notices dead jobs in seconds and never leaves a running child behind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args,
            **{"maintenance_interval": 5, "job_monitoring_interval": 2, "log_job_description": False, **options},
        )

    def _install_signal_handlers(self) -> None:
        """Before the first fork, for the child inherits it: a signal without a handler would kill it."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGUSR1, lambda *_: leaving.set())

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Let every line that the job logs say which one it is."""
        with bound_contextvars(job=(job.func_name or "").rpartition(".")[2], object_id=next(iter(job.args), None)):
            return super().perform_job(job, queue, execution)

    def handle_warm_shutdown_request(self) -> None:
        """RQ lets the whole job end, which may take minutes: let it end with the chunk in hand."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGUSR1)

    def main_work_horse(self, job: Job, queue: Queue) -> NoReturn:
        """Run in the forked child: die with the worker, for a second worker could start the same job beside it."""
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self.pid:
            # The worker died between the fork and that request, which then came too late.
            sys.exit(1)
        super().main_work_horse(job, queue)
        sys.exit(0)
