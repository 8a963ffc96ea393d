"""A portal whose EnKash is the simulator, over real HTTP, and whose clock the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from allocations import gateway as gateways
from allocations.domain.policy import Actor
from allocations.enkash.client import build_client
from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from allocations.gateway import Gateway
from allocations.gateway.contract_watch import ContractWatch
from allocations.gateway.tokens import DatabaseTokenStore
from allocations.models import Account, Batch, Row, Run
from allocations.services import draining
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.batches import recount
from tests.factories.lists import BatchFactory, RowFactory, UploadFactory
from tests.factories.people import UserFactory, known
from tests.factories.samples import open_sample

QUIET = timedelta(seconds=900)


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Portal:
    sim: Simulator
    gateway: Gateway
    clock: Clock
    account: Account
    maker: Actor
    approver: Actor

    def review_batch(self, *, rows: int = 3, amount: int = 100, **fields) -> Batch:
        uploader = UserFactory(roles=("admin",)) if "uploaded_by" not in fields else fields.pop("uploaded_by")
        batch = BatchFactory(state="review", account=self.account, uploaded_by=uploader, **fields)
        UploadFactory(batch=batch, state="ready", header=["Name", "Mobile", "Points"])
        for number in range(2, rows + 2):
            RowFactory(batch=batch, number=number, amount=amount)
        return recount(batch)

    def approved_run(self, **fields) -> Run:
        batch = submit_batch(self.maker, batch_id=self.review_batch(**fields).pk)
        open_sample(self.approver, batch)
        return approve_batch(self.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)

    def drain(self, run: Run) -> Run:
        draining.drain_run(run.pk, gateway=self.gateway)
        run.refresh_from_db()
        return run

    def drain_after(self, run: Run, **by: float) -> Run:
        self.clock.forward(**by)
        return self.drain(run)

    def as_worker(self, name: str) -> "Portal":
        """The same portal seen by another worker."""
        return replace(self, gateway=replace(self.gateway, worker=name))

    def states(self, run: Run) -> list[str]:
        return list(Row.objects.filter(batch_id=run.batch_id).order_by("number").values_list("state", flat=True))

    def ledger(self) -> dict[str, tuple[str, int]]:
        """Reference -> (transaction id, points) of every credit; fails on a reference that is credited twice."""
        entries = [entry for entry in self.sim.ledger.entries if entry.kind == "CR" and entry.status != "FAILED"]
        assert len({entry.reference for entry in entries}) == len(entries)
        return {entry.reference: (entry.transaction_id, int(entry.amount)) for entry in entries}

    def credited(self, run: Run) -> dict[str, tuple[str, int]]:
        rows = Row.objects.filter(batch_id=run.batch_id, state="credited")
        return {row.reference: (row.transaction_id or "", int(row.credited_amount or 0)) for row in rows}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(profile="clean", seed=1) as simulator:
        yield simulator


@pytest.fixture
def portal(sim: Simulator, db: None) -> Portal:
    return make_portal(sim)


@pytest.fixture
def quick_portal(sim: Simulator, db: None) -> Portal:
    """Calls that wait give up before a second is over."""
    return make_portal(sim, deadline=0.6)


def make_portal(sim: Simulator, *, deadline: float = 2.0) -> Portal:
    clock = Clock()
    timing = gateways.timing()
    # Short waits where real time passes; the recovery times are moved by the clock.
    config = replace(
        gateways.enkash_config(),
        api_url=sim.url,
        token_url=sim.url,
        client_secret=demo.CLIENT_SECRET,
        deadline=deadline,
    )
    store = DatabaseTokenStore(worker="test", clock=clock)
    watch = ContractWatch(clock=clock)
    client = build_client(config, store=store, hear=watch.hear)
    gateway = Gateway(client=client, clock=clock, worker="test", timing=timing, watch=watch)
    account = Account.objects.create(
        name="Test", company_id=demo.COMPANY_ID, card_account_id=demo.CARD_ACCOUNT_ID, chunk_size=2
    )
    account.lanes.create(number=1)
    return Portal(
        sim=sim,
        gateway=gateway,
        clock=clock,
        account=account,
        maker=known(UserFactory(roles=("admin",))),
        approver=known(UserFactory(roles=("approver",))),
    )
