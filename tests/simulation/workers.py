"""Processes of the portal as greenlets: they die, freeze and go on only where no transaction is open."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import OperationalError
from greenlet import getcurrent, greenlet
from rq.timeouts import BaseTimeoutException

from allocations.gateway import Gateway
from allocations.jobs import runs as jobs
from allocations.services.leases import Claim
from tests.simulation import due

if TYPE_CHECKING:
    from tests.simulation.world import World


class Killed(BaseException):
    """The process is gone. While this unwinds the database refuses whatever a handler or a `finally` still wants."""


class Worker:
    """One process while it does one thing."""

    def __init__(self, world: "World", name: str, work: Callable[["Worker"], None], ended: Callable[[], None]) -> None:
        self.world = world
        self.name = name
        self.dead = False
        self.frozen = False
        self.claim: Claim | None = None
        # Between the durable intent and the first byte; a delay there is a delay of the request.
        self.about_to_send = False
        self.gateway: Gateway = world.gateway_for(self)
        self._life = world.restores.lives
        self._work = work
        self._ended = ended
        self._greenlet = greenlet(self._run)

    def resume(self) -> None:
        if self.dead:
            return
        self.world.worker = self
        self._greenlet.switch()
        self.world.worker = None
        if self._greenlet.dead:
            self.world.living.remove(self)
            self._ended()

    def sleep(self, seconds: float) -> None:
        """Others may go on meanwhile. Only from within."""
        self.world.timeline.after(seconds, self.resume)
        self._hub().switch()

    def freeze(self, until: datetime) -> None:
        self.frozen = True
        self.world.timeline.at(until, self.resume)
        self._hub().switch()
        self.frozen = False

    def die(self) -> None:
        self.dead = True
        raise Killed

    def bury(self) -> None:
        """The seed is over: a process that still sleeps or is frozen never does another thing."""
        if not self._greenlet.dead:
            self.dead = True
            self.world.worker = self
            self._greenlet.throw(Killed)
            self.world.worker = None

    def _hub(self) -> greenlet:
        hub = getcurrent().parent
        assert hub is not None
        return hub

    def _run(self) -> None:
        try:
            self._work(self)
        except Killed:
            self.dead = True
        except (OperationalError, BaseTimeoutException):
            self.world.count("jobs ended early")
        except Exception as error:  # noqa: BLE001 - whatever else comes out of a job is a defect
            if self._life != self.world.restores.lives:
                # What it worked on is gone.
                self.world.count("jobs of a lost life failed")
                return
            self.world.violation("a job failed", f"{type(error).__name__}: {error}")


class Crew:
    """So many worker processes before one queue. A ring is what Redis would hold: it may be lost or come twice."""

    def __init__(self, world: "World", size: int) -> None:
        self._world = world
        self.idle = size
        self._jobs: deque[int] = deque()
        self._serial = 0

    def ring(self, run_id: int) -> None:
        world = self._world
        # The sweeper rings again for as long as it takes; its own rings are not all lost.
        rate = min(world.profile.forgets, 0.3) if world.sweeping else world.profile.forgets
        if world.rng.random() < rate:
            world.count("rings forgotten")
            return
        self._carry(run_id)
        if world.faulty and world.rng.random() < world.profile.repeats:
            world.count("duplicate deliveries")
            self._carry(run_id)

    def _carry(self, run_id: int) -> None:
        self._world.timeline.after(self._world.rng.choice((0.01, 0.01, 0.3, 20.0)), lambda: self._deliver(run_id))

    def _deliver(self, run_id: int) -> None:
        self._jobs.append(run_id)
        self._start()

    def _start(self) -> None:
        while self._jobs and self.idle:
            run_id = self._jobs.popleft()
            if run_id not in due.runs(self._world.now) and self._world.rng.random() > self._world.profile.idle_jobs:
                continue
            self.idle -= 1
            self._serial += 1
            worker = Worker(
                self._world, f"w{self._serial}", lambda _, run_id=run_id: jobs.drain_run(run_id), self._back
            )
            self._world.start(worker)

    def _back(self) -> None:
        self.idle += 1
        self._world.timeline.after(0.05, self._start)
