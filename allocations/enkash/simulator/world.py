"""Everything one simulator knows, and the few verbs that all endpoints use."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.answers import Declined
from allocations.enkash.simulator.chance import chance
from allocations.enkash.simulator.fault_queue import FaultQueue
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.ledger import Entry, Ledger
from allocations.enkash.simulator.options import Options
from allocations.enkash.simulator.people import AccountKey, People, Person
from allocations.enkash.simulator.people_failures import PersonFailures
from allocations.enkash.simulator.storage import Storage
from allocations.enkash.simulator.tokens import Tokens
from allocations.enkash.simulator.watch import Note, Watch

DEMO_ACCOUNTS: tuple[AccountKey, ...] = (
    (demo.COMPANY_ID, demo.CARD_ACCOUNT_ID),
    (demo.COMPANY_ID, demo.SECOND_CARD_ACCOUNT_ID),
)


@dataclass(slots=True, kw_only=True)
class World:
    """clock gives epoch seconds. Every account opens with `balance` points."""

    seed: int
    balance: Decimal
    options: Options
    clock: Callable[[], float] = time.time
    storage: Storage | None = None
    ledger: Ledger = field(init=False)
    people: People = field(init=False)
    failures: PersonFailures = field(init=False)
    tokens: Tokens = field(default_factory=Tokens)
    faults: FaultQueue = field(default_factory=FaultQueue)
    watch: Watch = field(default_factory=Watch)
    stopped: threading.Event = field(default_factory=threading.Event)
    unknown_paths: int = 0
    late: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.seed)
        self.people = People(seed=self.seed)
        self.failures = PersonFailures(self.seed)
        if self.storage is not None:
            self.storage.load(self.ledger, self.people)
        self._open_accounts()

    def begin(self, request: Request) -> Note:
        """Journals a request, on disk too where there is one, before any work is done for it."""
        note = self.watch.arrived(request, lanes=self.options.lanes)
        if self.storage is not None and note.references:
            self.storage.append_request(
                note.number,
                received_at=note.received_at,
                key=note.account,
                references=" ".join(note.references),
            )
        return note

    def pause(self, seconds: float) -> bool:
        """Waits as EnKash would; True if the simulator was stopped meanwhile."""
        return self.stopped.wait(seconds) if seconds > 0 else self.stopped.is_set()

    def latency(self, request: Request) -> float:
        """Seconds of processing for this request."""
        return self.options.latency + self.options.jitter * chance(self.seed, "latency", request.number)

    def check_token(self, request: Request) -> bool:
        return self.tokens.is_valid(request.bearer, now=self.clock())

    def check_account(self, key: AccountKey) -> None:
        """Declined with the documented text unless the account exists."""
        if key not in self.ledger.accounts:
            company, account = key
            raise Declined(404, f"Card account not found for companyId: [{company}] and cardAccountId: [{account}]")

    def keep(self, key: AccountKey, *, entries: Iterable[Entry], people: Iterable[Person]) -> None:
        """Writes the results of one call to disk, where there is one, before it is answered."""
        if self.storage is None:
            return
        with self.ledger.lock:
            self.storage.append(
                entries=entries,
                people=people,
                accounts=(self.ledger.accounts[key],),
                sequences=(self.people.users, self.people.cards, self.ledger.transactions),
            )

    def start_late(self, work: Callable[[], object], *, seconds: float) -> None:
        """Does the work on its own thread after a pause, unless the simulator is stopped first."""

        def wait_and_work() -> None:
            if not self.pause(seconds):
                work()

        thread = threading.Thread(target=wait_and_work, daemon=True)
        self.late = [*(each for each in self.late if each.is_alive()), thread]
        thread.start()

    def reset(self) -> None:
        """Forgets people, entries, tokens, locks, faults and the journal. Options and identifiers go on."""
        self.ledger.clear(balance=self.balance)
        self.people.clear()
        self.failures.clear()
        self.tokens.clear()
        self.faults.clear()
        self.watch.clear()
        if self.storage is not None:
            self.storage.clear()
        self._open_accounts()

    def _open_accounts(self) -> None:
        for key in DEMO_ACCOUNTS:
            self.ledger.open(key, balance=self.balance)


def open_storage(path: str | Path | None) -> Storage | None:
    """The ledger's file, or None to keep it in memory."""
    return None if path is None else Storage(Path(path))
