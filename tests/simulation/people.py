"""The people of a seed: they act at random while the day is bad, and bring every run to an end when it is over."""

from collections import Counter
from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from allocations.domain.errors import DomainError
from allocations.domain.policy import Actor
from allocations.models import Run
from allocations.selectors.logins import blocked_login
from tests.factories.people import known
from tests.simulation import actions
from tests.simulation.actions import ACTIONS
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.world import World

UNDER_WAY = {"queued", "running", "paused"}
# How often people have EnKash asked again, once the faults are over, before they decide for themselves.
TRIES = 3


class People:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.maker, self.approver, self.second = (_person(name) for name in ("maker", "approver", "second"))
        self.owner = _person("owner")
        self._tries: Counter[int] = Counter()
        self._clicks = 0

    def act_at_random(self) -> None:
        """Somebody does something, at a random instant of the bad day."""
        world = self.world
        for _ in range(world.profile.people):
            names = world.profile.acts or tuple(ACTIONS)
            (name,) = world.rng.choices(names, [ACTIONS[name][1] for name in names])
            world.timeline.after(world.rng.uniform(0.0, world.profile.faults_last), lambda name=name: self.do(name))

    def do(self, name: str) -> None:
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
        for run in self.runs():
            if run.state == "paused" or self._is_worth_another_look(run):
                self._mend(run)
        left = self._bring_to_an_end() if not world.faulty else True
        if left or world.living:
            world.timeline.after(world.rng.uniform(120.0, 2400.0), self.look_after_runs)

    def _bring_to_an_end(self) -> bool:
        """Whether people have to look again later."""
        profile, rng = self.world.profile, self.world.rng
        if actions.open_freeze():
            self.do("release")
        if blocked_login() and not any(run.pause_code == "login" for run in self.runs()):
            # Every page says so; a cancelled run that is only looked up is not paused for it.
            self.do("try login")
        doubtful = profile.decides and bool(actions.doubtful_rows())
        if doubtful and not any(self._is_worth_another_look(run) for run in self.runs()):
            self.do("decide")
            self.do("confirm")
        # A reference that a refusal used up stays refused, however often it is sent.
        burnt = self.world.provider.burnt
        failed = any(row.state == "failed" and row.reference not in burnt for row in self.world.watch.rows.values())
        if rng.random() < profile.reruns * (1.0 if failed else 0.1):
            self._act("re-run")
        waiting = any(run.state in UNDER_WAY or self._is_worth_another_look(run) for run in self.runs())
        return waiting or doubtful or actions.open_freeze() is not None

    def _is_worth_another_look(self, run: Run) -> bool:
        return run.state == "attention" and self._tries[run.pk] < TRIES

    def _mend(self, run: Run) -> None:
        world = self.world
        if run.pause_code == "balance" and world.rng.random() < 0.9:
            actions.top_up(self)
        if run.pause_code == "contract" and world.rng.random() < 0.9:
            actions.look_at_contract(self)
        self._tries[run.pk] += run.state == "attention" and not world.faulty
        try:
            actions.resume_one(self, run)
        except DomainError:
            world.count("people: resume refused")
        else:
            world.count("people: resume")

    def runs(self) -> list[Run]:
        return list(Run.objects.order_by("pk"))


def _person(name: str) -> Actor:
    return known(User.objects.get(username=name))
