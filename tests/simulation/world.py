"""One seed: a portal, an EnKash, people, and a bad day that ends."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from django.db import connection

from allocations import gateway as gateways
from allocations.enkash.auth import TokenSource
from allocations.enkash.client import EnkashClient
from allocations.gateway import Gateway
from allocations.gateway.contract_watch import ContractWatch
from allocations.gateway.tokens import DatabaseTokenStore
from allocations.queue import ring_run
from tests.simulation import fates, rest
from tests.simulation.database import START, Templates
from tests.simulation.outside import Disk, Redis
from tests.simulation.people import People
from tests.simulation.profiles import Profile
from tests.simulation.provider import Provider
from tests.simulation.restores import Restores
from tests.simulation.result import Result
from tests.simulation.sweeper import Sweeper
from tests.simulation.timeline import Timeline
from tests.simulation.transport import VirtualTransport
from tests.simulation.watch import Watch
from tests.simulation.workers import Crew, Killed, Worker

# For how long rows are sent again and looked up by themselves: a day in the portal, of which nothing but look-ups is
# played after the first hours. The list is at most 5,000 s late.
HORIZON = timedelta(hours=6)
# A run and its re-runs may each wait for it; every other wait of the protocol is far shorter.
MOST_TIME_TO_REST = 5 * HORIZON
MOST_EVENTS = 200_000


@dataclass(slots=True)
class _Log:
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    lines: list[str] | None = None


class World:
    """Everything that one seed plays with."""

    def __init__(self, seed: int, profile: Profile, rng: Random, templates: Templates, *, told: bool = False) -> None:
        self.seed, self.profile, self.rng = seed, profile, rng
        timing = gateways.timing()
        self.timing = replace(timing, recovery=replace(timing.recovery, horizon=HORIZON))
        self.quiet = self.timing.recovery.quiet
        self.timeline = Timeline(START)
        self.worker: Worker | None = None
        self.living: list[Worker] = []
        self.in_flight: list[Worker] = []
        self.violations: list[str] = []
        self.counts: Counter[str] = Counter()
        self.faulty = True
        self._log = _Log(lines=[] if told else None)
        self.disk = Disk()
        self.redis = Redis(lambda: rng.random() < profile.forgets, self.step)
        self.crew = Crew(self, profile.workers)
        self.watch = Watch(self)
        self.provider = Provider(
            self.timeline,
            balance=self._balance(),
            echoes=profile.echoes,
            burns=profile.burns,
            lag=self._lag,
            note=self.count,
        )
        self.sweeper = Sweeper(self)
        self.people = People(self)
        self.restores = Restores(self, templates)

    @property
    def now(self) -> datetime:
        return self.timeline.now

    def _balance(self) -> int:
        needed = sum(row.amount for row in self.watch.rows.values())
        return int(needed * self.rng.uniform(0.2, 1.1)) if self.profile.tight else 10 * needed

    def _lag(self) -> float:
        return self.rng.uniform(0.0, self.profile.lookup_lag) if self.profile.lookup_lag else 0.0

    def run(self) -> Result:
        for run_id in self.watch.runs:
            ring_run(run_id)
        self.sweeper.arm()
        self.people.act_at_random()
        self.restores.plan()
        self.timeline.after(self.profile.faults_last, self._calm_down)
        self.timeline.after(self.rng.uniform(0.3, 1.0) * self.profile.faults_last, self.people.look_after_runs)
        until = START + timedelta(seconds=self.profile.faults_last) + MOST_TIME_TO_REST
        events = 0
        while self.now < until and not self.violations and self.timeline.run_one():
            events += 1
            if events > MOST_EVENTS:
                self.violation("V5", "it never comes to rest")
        if not self.violations:
            rest.check(self)
        for worker in list(self.living):
            worker.bury()
        story = tuple(self._log.lines or ())
        return Result(self.seed, tuple(self.violations), self.counts, self._log.digest.hexdigest(), story)

    def _calm_down(self) -> None:
        self.faulty = False
        self.tell("the faults stop")

    # What workers, provider and people report.

    def start(self, worker: Worker) -> None:
        self.living.append(worker)
        worker.resume()

    def step(self, name: str) -> None:
        """A worker could die, freeze or be overtaken here."""
        worker = self.worker
        if worker is None:
            return
        if worker.dead:
            raise Killed
        self.tell(name)
        if not self.violations:
            fates.befall(self, worker, name)

    def committed(self) -> None:
        if self.worker is not None and self.worker.dead:
            self.violation("the simulation", "a killed worker wrote")
        self.watch.read()
        if not self.sweeping:
            self.sweeper.arm()
        self.step("commit")

    @property
    def sweeping(self) -> bool:
        return self.worker is not None and self.worker.name.startswith("sweeper")

    def clock(self) -> datetime:
        """Read just before a delay or just after it: a time can be old when it is used."""
        if self.worker is None or connection.in_atomic_block:
            return self.now
        before = self.now
        self.step("clock")
        return before if self.rng.random() < 0.3 and not self.worker.about_to_send else self.now

    def gateway_for(self, worker: Worker) -> Gateway:
        store = DatabaseTokenStore(worker=worker.name, clock=self.clock)
        config, transport = gateways.enkash_config(), VirtualTransport(self, worker)
        # As build_client, but for the wire and the clock.
        watch, epoch = ContractWatch(clock=self.clock), lambda: self.now.astimezone(UTC).timestamp()
        tokens = TokenSource(config, transport, store, clock=epoch, hear=watch.hear)  # type: ignore[arg-type]
        client = EnkashClient(config, transport=transport, tokens=tokens, hear=watch.hear)  # type: ignore[arg-type]
        return Gateway(
            client=client, clock=self.clock, worker=worker.name, timing=self.timing, witness=self.redis, watch=watch
        )

    def count(self, what: str) -> None:
        self.counts[what] += 1
        self.tell(what)

    def violation(self, name: str, text: str) -> None:
        self.violations.append(f"{name}: {text}")
        self.tell(f"VIOLATION {name}: {text}")

    def tell(self, what: str) -> None:
        line = f"{self.timeline.seconds:10.3f} {self.worker.name if self.worker else '-':9} {what}"
        self._log.digest.update(line.encode())
        if self._log.lines is not None:
            self._log.lines.append(line)
