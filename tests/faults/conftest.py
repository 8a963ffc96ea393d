"""Real workers and Redis against the simulator: the processes are killed, the books must agree."""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from allocations.models import Account, Row, Run
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.exports.reading import csv_rows, make
from tests.factories.batches import recount
from tests.factories.lists import BatchFactory, RowFactory, UploadFactory
from tests.factories.people import UserFactory, known
from tests.factories.samples import open_sample
from tests.services_up.workers import StartWorker

# Short waits; 2 D < lease < job and Q >= 2 D hold as in production.
TIMES = {
    "ENKASH_TIMEOUT": "2",
    "ENKASH_CONNECT_TIMEOUT": "2",
    "ENKASH_QUIET_SECONDS": "4",
    "ENKASH_LEASE_SECONDS": "5",
    "ENKASH_JOB_SECONDS": "30",
    "ENKASH_SWEEP_SECONDS": "0.5",
    "ENKASH_CLIENT_SECRET": demo.CLIENT_SECRET,
}


@dataclass
class Field:
    """One approved batch, the simulator that will credit it, and a way to start processes."""

    sim: Simulator
    start: StartWorker
    redis_url: str

    def approved_run(self, *, rows: int, chunk_size: int = 10) -> Run:
        account = Account.objects.create(
            name="Faults", company_id=demo.COMPANY_ID, card_account_id=demo.CARD_ACCOUNT_ID, chunk_size=chunk_size
        )
        account.lanes.create(number=1)
        batch = BatchFactory(state="review", account=account)
        UploadFactory(batch=batch, state="ready")
        for number in range(2, rows + 2):
            RowFactory(batch=batch, number=number, amount=number)
        recount(batch)
        submitted = submit_batch(known(batch.uploaded_by), batch_id=batch.pk)
        approver = known(UserFactory(roles=("approver",)))
        open_sample(approver, submitted)
        return approve_batch(approver, batch_id=batch.pk, version=submitted.version, digest=submitted.digest)

    def worker(self, **variables: str) -> "subprocess.Popen[str]":
        return self.start("runs", **{**self.variables(), **variables})

    def sweeper(self) -> "subprocess.Popen[str]":
        return self.start(command="sweep", **self.variables())

    def variables(self) -> dict[str, str]:
        url = self.sim.url
        return {
            **TIMES,
            "ENKASH_API_URL": url,
            "ENKASH_TOKEN_URL": f"{url}/oauth/token",
            "REDIS_URL": self.redis_url,
        }

    def calls_in_flight(self) -> int:
        notes = self.sim.control.watch.notes
        return sum(note.endpoint == "bulk" and note.answered_at is None for note in notes)

    def assert_everybody_credited(self, run: Run) -> None:
        """The run ended by itself with every row credited, and the books agree."""
        wait_until(settled(run), seconds=120)
        assert set(run.batch.rows.values_list("state", flat=True)) == {"credited"}
        self.assert_books_agree(run)

    def assert_books_agree(self, run: Run) -> None:
        """Every credited row is in the ledger once, with its amount and id, and in the export; nothing else is."""
        rows = Row.objects.filter(batch_id=run.batch_id, state="credited")
        ours = {row.reference: (row.transaction_id, row.credited_amount) for row in rows}
        entries = [entry for entry in self.sim.ledger.entries if entry.status != "FAILED"]
        theirs = {entry.reference: (entry.transaction_id, entry.amount) for entry in entries}
        assert len(entries) == len(theirs)
        assert ours == theirs
        lines = [line for line in csv_rows(make(run.batch)) if line["Outcome"] == "credited"]
        told = {line["Our reference"]: (line["EnKash transaction id"], int(line["Credited points"])) for line in lines}
        assert told == theirs
        assert self.sim.control.state()["violations"] == []


@pytest.fixture
def field(live_worker: StartWorker, redis_url: str) -> Iterator[Field]:
    with Simulator(profile="clean", seed=1, latency=0.05) as sim:
        yield Field(sim=sim, start=live_worker, redis_url=redis_url)


def wait_until(condition: Callable[[], bool], *, seconds: float = 90) -> None:
    """Until the condition holds; fails with where the runs stand when it does not come true."""
    until = time.monotonic() + seconds
    while not condition():
        stand = list(Run.objects.values_list("state", "pause_code", "pause_text", "next_action_at"))
        assert time.monotonic() < until, f"not within {seconds} s: {stand}"
        time.sleep(0.1)


def settled(run: Run) -> Callable[[], bool]:
    return lambda: Run.objects.filter(pk=run.pk, state="settled").exists()
