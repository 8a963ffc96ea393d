"""What people do meanwhile: pause, resume, run failed rows again, top up.

One table, ACTIONS: a new action is a method that calls a service (a DomainError means that it was refused) and a line
with its weight. `look_after_runs` is what brings every run to an end once the faults are over: an action that stops
or holds a run needs its counterpart there.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from allocations.domain.errors import DomainError
from allocations.domain.policy import Actor
from allocations.models import Batch, Run
from allocations.services import reruns, runs
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.world import World


UNDER_WAY = {"queued", "running", "paused"}
# How often people look EnKash's answers up again, once the faults are over, before they decide for themselves.
TRIES = 3


class People:
    def __init__(self, world: "World", maker: Actor) -> None:
        self.world = world
        self.maker = maker
        self._tries: Counter[int] = Counter()
        self._clicks = 0

    def act_at_random(self) -> None:
        """Somebody does something, at a random instant of the bad day."""
        world = self.world
        for _ in range(world.profile.people):
            names = list(ACTIONS)
            (name,) = world.rng.choices(names, [ACTIONS[name][1] for name in names])
            world.timeline.after(world.rng.uniform(0.0, world.profile.faults_last), lambda name=name: self._do(name))

    def _do(self, name: str) -> None:
        # A second click acts once, also one that comes while the first is worked on.
        for click in range(self.world.rng.choice((1, 1, 2))):
            self.world.timeline.after(0.1 * click, lambda: self._click(name))

    def _click(self, name: str) -> None:
        """A process of the web server does it, and may die or freeze as any other."""
        self._clicks += 1
        self.world.start(Worker(self.world, f"web{self._clicks}", lambda _: self._act(name), ended=lambda: None))

    def _act(self, name: str) -> None:
        try:
            ACTIONS[name][0](self)
        except DomainError:
            self.world.count(f"people: {name} refused")
        else:
            self.world.count(f"people: {name}")

    def look_after_runs(self) -> None:
        """Mends what stopped a run, again and again, until nothing is under way any more."""
        world = self.world
        for run in self._runs():
            if run.state == "paused" or self._is_worth_another_look(run):
                self._mend(run)
        if not world.faulty:
            self._perhaps_rerun()
        left = any(run.state in UNDER_WAY or self._is_worth_another_look(run) for run in self._runs())
        if world.faulty or world.living or left:
            world.timeline.after(world.rng.uniform(120.0, 2400.0), self.look_after_runs)

    def _is_worth_another_look(self, run: Run) -> bool:
        return run.state == "attention" and self._tries[run.pk] < TRIES

    def _runs(self) -> list[Run]:
        return list(Run.objects.order_by("pk"))

    def _mend(self, run: Run) -> None:
        world = self.world
        if run.pause_code == "balance" and world.rng.random() < 0.9:
            self.top_up()
        self._tries[run.pk] += run.state == "attention" and not world.faulty
        self._resume(run)

    def _perhaps_rerun(self) -> None:
        failed = any(row.state == "failed" for row in self.world.watch.rows.values())
        if self.world.rng.random() < self.world.profile.reruns * (1.0 if failed else 0.1):
            self._do("re-run")

    def _resume(self, run: Run) -> None:
        if run.pause_code == "login":
            self.world.watch.allow_login()
        try:
            runs.resume_run(self.maker, run_id=run.pk)
        except DomainError:
            self.world.count("people: resume refused")
        else:
            self.world.count("people: resume")

    def pause(self) -> None:
        runs.pause_run(self.maker, run_id=self._some_run().pk)

    def resume(self) -> None:
        run = self._some_run()
        if run.pause_code == "login" and run.state == "paused":
            self.world.watch.allow_login()
        runs.resume_run(self.maker, run_id=run.pk)

    def rerun(self) -> None:
        batches = list(Batch.objects.order_by("pk").values_list("pk", flat=True))
        reruns.rerun_failed_rows(self.maker, batch_id=self.world.rng.choice(batches))

    def top_up(self) -> None:
        self.world.provider.top_up(sum(row.amount for row in self.world.watch.rows.values()))

    def _some_run(self) -> Run:
        return self.world.rng.choice(self._runs())


ACTIONS: Mapping[str, tuple[Callable[[People], None], float]] = {
    "pause": (People.pause, 3),
    "resume": (People.resume, 3),
    "re-run": (People.rerun, 3),
    "top up": (People.top_up, 1),
}
