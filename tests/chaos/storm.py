"""A run in the worst weather: EnKash in the simulator's chaos profile, workers killed, Redis emptied, people resuming."""

import random
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field

from redis import Redis

from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor, Role
from allocations.enkash.simulator.server import Simulator
from allocations.models import Attempt, Lane, Run
from allocations.selectors.contract import open_breaking
from allocations.services.runs import resume_run
from bench.seeding import approved_run, person
from rewards_portal.supervisor.tree import kill_session
from tests.factories.contract import mark_all
from tests.faults.conftest import TIMES
from tests.services_up.workers import StartWorker

WORKERS = LANES = 2
# Calls between two falls; a fall is a worker killed or Redis emptied. Not seconds: a slow machine must get on too.
FALLS = (4, 20)
# Nobody waits for people in a storm: the first rows go with the others, and many failures stop nothing.
FEARLESS = {"ENKASH_CANARY_ROWS": "0", "ENKASH_STOP_LOSS_PERCENT": "0"}


@dataclass
class Storm:
    """One run until nothing more comes of it by itself. What happened is counted in `seen`."""

    sim: Simulator
    redis_url: str
    start: StartWorker
    rows: int
    chunk: int
    seed: int
    patience: float
    seen: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    run: Run = field(init=False)
    people: Actor = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._workers: list[subprocess.Popen[str]] = []

    def blow(self) -> None:
        """The storm, and then the calm in which EnKash answers well and what waits for people is looked at again."""
        began = time.monotonic()
        self.run = approved_run(rows=self.rows, chunk=self.chunk)
        self._open_lanes()
        self.start(command="sweep", **self._variables())
        self.people = person(Role.ADMIN)
        self._work_on(storm=True)
        self.sim.control.change(profile="clean")
        if self.run.state == "attention":
            self._resume()
            self._work_on(storm=False)
        self.seconds = time.monotonic() - began

    def _open_lanes(self) -> None:
        account = self.run.batch.account
        Lane.objects.bulk_create(Lane(account=account, number=number) for number in range(2, LANES + 1))
        self.sim.control.change(lanes=LANES)

    def _variables(self) -> dict[str, str]:
        url = self.sim.url
        return {**TIMES, **FEARLESS, "ENKASH_API_URL": url, "ENKASH_TOKEN_URL": f"{url}/oauth/token"}

    def _work_on(self, *, storm: bool) -> None:
        until = time.monotonic() + self.patience
        fall = self._chance.randint(*FALLS)
        while True:
            self.run.refresh_from_db()
            if self.run.state in {"settled", "attention"}:
                return
            assert time.monotonic() < until, f"not within {self.patience} s: {self.run.state} {self.run.pause_text}"
            self._keep_workers()
            if self.run.state == "paused":
                self.seen[f"paused: {self.run.pause_code}"] += 1
                self._resume()
            if storm and (calls := Attempt.objects.count()) >= fall:
                self._fall()
                fall = calls + self._chance.randint(*FALLS)
            time.sleep(0.1)

    def _resume(self) -> None:
        """As people do: whatever differs is looked at. Another lane may note one more meanwhile; then they look again."""
        mark_all()
        try:
            resume_run(self.people, run_id=self.run.pk)
        except StateConflict:
            if not open_breaking().exists():
                raise
            self.seen["one more difference before it was resumed"] += 1
            self._resume()

    def _keep_workers(self) -> None:
        for worker in [worker for worker in self._workers if worker.poll() is not None]:
            self._workers.remove(worker)
            # A killed one has a signal's number.
            if worker.returncode > 0:
                raise RuntimeError(f"a worker ended by itself: {(worker.communicate()[0] or '')[-2000:]}")
        while len(self._workers) < WORKERS:
            self._workers.append(self.start("runs", **self._variables()))

    def _fall(self) -> None:
        if self._chance.random() < 0.25:
            self.seen["Redis emptied"] += 1
            with Redis.from_url(self.redis_url) as connection:
                connection.flushall()
            return
        self.seen["workers killed"] += 1
        kill_session(self._chance.choice(self._workers).pid)
