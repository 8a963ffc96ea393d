"""The sweeper in virtual time: every half minute while anything happens, then at the next instant that is due."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from allocations.services.sweeping import BalanceWatch, sweep
from tests.simulation import due
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.world import World

EVERY = timedelta(seconds=30)
# Of the rounds that will find nothing, or nobody to do it, so many take place all the same.
IDLE_ROUNDS = 0.1


class Sweeper:
    def __init__(self, world: "World") -> None:
        self._world = world
        self._due: datetime | None = None
        self._balances = BalanceWatch(every=timedelta(minutes=5))
        self._serial = 0

    def arm(self) -> None:
        """Something changed: look at it with the next round."""
        soon = self._world.now + EVERY
        if self._due is None or self._due > soon:
            self._at(soon)

    def _at(self, when: datetime) -> None:
        self._due = when
        self._world.timeline.at(when, lambda: self._begin(when))

    def _begin(self, when: datetime) -> None:
        if self._due != when:
            return
        self._due = None
        world = self._world
        useful = world.crew.idle and due.runs(world.now)
        if not useful and world.rng.random() > IDLE_ROUNDS:
            self._rest()
            return
        self._serial += 1
        # Two sweepers stand by for each other.
        name = f"sweeper{self._serial % 2}" if world.rng.random() < 0.1 else "sweeper0"
        world.start(Worker(world, name, self._sweep, self._rest))

    def _sweep(self, worker: Worker) -> None:
        rung = sweep(gateway=worker.gateway, every=EVERY)
        if rung is not None and self._world.rng.random() < 0.1:
            self._balances.refresh(gateway=worker.gateway)
        if rung is None or any(rung):
            self.arm()

    def _rest(self) -> None:
        coming = due.next_instant(self._world.now)
        if coming is not None and (self._due is None or self._due > coming + EVERY):
            self._at(coming + EVERY)
