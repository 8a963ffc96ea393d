"""The database is put back to a backup while the portal's processes go on."""

from typing import TYPE_CHECKING

from allocations.services import recovering
from tests.simulation.database import Templates

if TYPE_CHECKING:
    from tests.simulation.world import World


class Restores:
    """`lives`: how many databases there have been. Of what a former one was told nobody else knows."""

    def __init__(self, world: "World", templates: Templates) -> None:
        self.lives = 1
        self._world = world
        self._templates = templates

    def plan(self) -> None:
        world = self._world
        if not world.profile.restores:
            return
        backed_up = world.rng.uniform(0.0, 0.8) * world.profile.faults_last
        world.timeline.after(backed_up, self._back_up)
        world.timeline.after(world.rng.uniform(backed_up, world.profile.faults_last), self._restore)

    def _back_up(self) -> None:
        self._world.count("backups")
        self._templates.back_up()

    def _restore(self) -> None:
        world = self._world
        self.lives += 1
        world.count("restores")
        self._templates.restore()
        # A witness that forgot notices nothing: then it is the operator who begins the recovery.
        told = bool(world.profile.forgets) or world.rng.random() < 0.5
        world.watch.begin_again(told=told)
        if told:
            recovering.begin(now=world.now, timing=world.timing, why="A backup was put back.")
            world.committed()
        world.sweeper.arm()
