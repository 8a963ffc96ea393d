"""What must hold always, checked after every commit and at the first byte of every request."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allocations.models import Attempt, Row, Run
from allocations.services.planning import payload_of
from tests.simulation import journal
from tests.simulation.due import ask
from tests.simulation.journal import Entry

if TYPE_CHECKING:
    from tests.simulation.workers import Worker
    from tests.simulation.world import World

UNSURE = {"sending", "unknown", "conflict", "anomaly"}
OPEN_ATTEMPTS = {"intent", "answered"}
# Trail events that a change of an attempt's state is told by; the two that are only recovery points have none.
_TOLD_BY = {
    ("", "intent"): {"attempt intended"},
    ("intent", "not_sent"): {"attempt not_sent"},
    ("intent", "unknown"): {"attempt unknown", "attempt abandoned"},
    ("answered", "applied"): {"attempt applied"},
    ("answered", "unknown"): {"attempt applied"},
}
_HELD_BACK = (
    "SELECT r.state, r.cancelled_at, r.stop_requested_at, r.canary, c.number, c.attempts_used"
    " FROM allocations_chunk c JOIN allocations_run r ON r.id = c.run_id WHERE c.id = ?"
)


@dataclass(slots=True)
class WatchedRow:
    reference: str
    amount: int
    payload: bytes
    state: str
    transaction_id: str = ""
    credits: int = 0


@dataclass(slots=True)
class WatchedAttempt:
    chunk: int
    sha256: str
    state: str
    rows: list[int] = field(default_factory=list)


class Watch:
    """A copy of what the journal tells, and the invariants over it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._seen = 0
        self.rows = {
            row.pk: WatchedRow(row.reference, row.amount or 0, payload_of(row), row.state)
            for row in Row.objects.order_by("pk")
        }
        self.by_reference = {row.reference: key for key, row in self.rows.items()}
        self.runs = dict(Run.objects.values_list("pk", "state"))
        self.attempts: dict[int, WatchedAttempt] = {}
        self._lost_attempts: list[WatchedAttempt] = []
        self._unsure = UNSURE
        self._failed_logins = 0
        self._allowed_logins = 2
        self._read_past()

    def _read_past(self) -> None:
        self._seen = max((entry.number for entry in journal.read(after=0)), default=0)

    def begin_again(self, *, told: bool) -> None:
        """The database was restored: what it holds is what there is, and EnKash knows more than it."""
        self._lost_attempts += self.attempts.values()
        self._unsure = UNSURE | {"pending", "failed", "cancelled"}
        # Nobody knows how many logins failed since the backup; the portal tries once. Where nothing was sent since, the
        # witness has nothing to notice either, and a restore that nobody tells of gives both tries back.
        self._allowed_logins = self._failed_logins + (1 if told else 2)
        for row in Row.objects.all():
            watched = self.rows[row.pk]
            watched.state, watched.transaction_id = row.state, row.transaction_id or ""
            watched.credits = int(row.state == "credited")
        self.runs = dict(Run.objects.values_list("pk", "state"))
        self.attempts = {
            attempt.pk: WatchedAttempt(attempt.chunk_id, attempt.payload_sha256, attempt.state, _row_ids(attempt))
            for attempt in Attempt.objects.order_by("pk")
        }
        self._read_past()

    def read(self) -> None:
        """After a commit."""
        entries = journal.read(after=self._seen)
        if not entries:
            return
        self._seen = entries[-1].number
        told = Told(entries)
        for entry in entries:
            if entry.what == "trail":
                self._world.count(f"trail: {entry.new}")
            else:
                _READERS[entry.what](self, entry, told)
        self._check_ledger()
        self._check_failed()

    def violation(self, name: str, text: str) -> None:
        self._world.violation(name, text)

    # One reader for each kind of entry.

    def _row(self, entry: Entry, told: "Told") -> None:
        row = self.rows[entry.object_id]
        if row.state != entry.old:
            self.violation("V3", f"row {entry.object_id} was {row.state}, the database says {entry.old}")
        row.state, row.transaction_id = entry.new, entry.extra
        if entry.old != entry.new:
            self._changed(entry, row, told)
        if entry.extra:
            self._check_transaction(entry, row)

    def _changed(self, entry: Entry, row: WatchedRow, told: "Told") -> None:
        if entry.old == "credited":
            self.violation("V3", f"row {entry.object_id} left credited for {entry.new}")
        if entry.new == "credited":
            row.credits += 1
        if row.credits > 1:
            self.violation("V3", f"row {entry.object_id} was credited {row.credits} times")
        if not told.events:
            self.violation("V19", f"row {entry.object_id} went from {entry.old} to {entry.new} without a trail entry")
        if entry.new == "failed" and not _evidence_of_failure(entry.old, told):
            self.violation("V15", f"row {entry.object_id} failed from {entry.old} by {sorted(told.events)}")
        self._world.count(f"rows {entry.old} to {entry.new}")

    def _check_transaction(self, entry: Entry, row: WatchedRow) -> None:
        found = [e for e in self._world.provider.entries if e.transaction_id == entry.extra]
        if [e.reference for e in found] != [row.reference]:
            self.violation("V6", f"row {entry.object_id} has transaction {entry.extra} of another reference")

    def _attempt(self, entry: Entry, told: "Told") -> None:
        if entry.old:
            self.attempts[entry.object_id].state = entry.new
        else:
            chunk, sha256 = entry.extra.split(" ")
            self.attempts[entry.object_id] = WatchedAttempt(int(chunk), sha256, entry.new)
            self._check_allowed(int(chunk))
            if (worker := self._world.worker) is not None:
                worker.about_to_send = True
        expected = _TOLD_BY.get((entry.old, entry.new))
        if expected and sum(told.count("attempt", entry.object_id, event) for event in expected) != 1:
            self.violation(
                "V19", f"attempt {entry.object_id} became {entry.new}, the trail tells {sorted(told.events)}"
            )

    def _check_allowed(self, chunk: int) -> None:
        """V12: asked right after the intent's commit, so nothing can have changed since."""
        (state, cancelled, stopped, canary, number, attempts) = ask(_HELD_BACK, chunk)[0]
        frozen = bool(ask("SELECT 1 FROM allocations_freeze WHERE is_open"))
        recovers = bool(ask("SELECT 1 FROM allocations_installation WHERE recovering_since IS NOT NULL"))
        reasons = {
            f"the run is {state}": state != "running",
            "the run is cancelled": cancelled is not None,
            "the run is to stop": stopped is not None and attempts == 1,
            "the canary is not verified": canary == "waiting" and number > 1,
            "all sending is frozen": frozen,
            "the portal recovers": recovers,
        }
        for reason, holds in reasons.items():
            if holds:
                self.violation("V12", f"an intent for chunk {chunk} although {reason}")

    def _sent(self, entry: Entry, told: "Told") -> None:
        row_id = int(entry.extra)
        self.attempts[entry.object_id].rows.append(row_id)
        moved = told.moves.get(row_id)
        if moved not in {("pending", "sending"), ("unknown", "sending")}:
            self.violation("V11", f"row {row_id} is in an intent and moved {moved}")
        if moved == ("unknown", "sending"):
            self._world.count("rows sent again")

    def _run(self, entry: Entry, told: "Told") -> None:
        self.runs[entry.object_id] = entry.new
        if entry.old:
            same = [e for e in told.entries("run", entry.object_id) if _from_to(e) == (entry.old, entry.new)]
        else:
            same = [e for e in told.entries("run", entry.object_id) if e.new == "run created"]
        if len(same) != 1:
            self.violation("V19", f"run {entry.object_id} became {entry.new}, told {len(same)} times")

    def _batch(self, entry: Entry, _told: "Told") -> None:
        self.violation("V4", f"batch {entry.object_id} left {entry.old} for {entry.new}")

    # The ledger against the rows.

    def _check_ledger(self) -> None:
        """V1, V2 and V16, as far as they hold at every instant."""
        provider = self._world.provider
        credited = unsure = 0
        for key, row in self.rows.items():
            times = provider.credited[row.reference]
            if times > 1:
                self.violation("V2", f"row {key} was credited {times} times")
            credited += row.amount if row.state == "credited" else 0
            unsure += row.amount if row.state in self._unsure else 0
            if row.state == "credited" and not times:
                self.violation("V1", f"row {key} is credited, the ledger has nothing")
        gone = provider.opening - provider.balance - credited
        if not 0 <= gone <= unsure and not self._world.profile.held_up:
            self.violation("V16", f"{gone} points gone beyond the credited ones, {unsure} unsure")

    def _check_failed(self) -> None:
        """V14: nobody is called failed while a call with them may still bring something else."""
        opened = {row for attempt in self.attempts.values() if attempt.state in OPEN_ATTEMPTS for row in attempt.rows}
        if failed := [row for row in sorted(opened) if self.rows[row].state == "failed"]:
            self.violation("V14", f"rows {failed} are failed and in an open attempt")

    # What EnKash sees.

    def first_byte(self, worker: "Worker", body: bytes, items: Sequence[dict[str, Any]]) -> None:
        """V7 to V10 and V13, before anything is worked on."""
        references = [item["uniqueReferenceNumber"] for item in items]
        self._check_people(items, references)
        known = [self.by_reference.get(reference) for reference in references]
        if None in known:
            self.violation("V2", f"a reference nobody approved was sent: {references}")
            return
        approved = [self.rows[key].payload for key in known if key is not None]
        if body != b"[" + b",".join(approved) + b"]":
            self.violation("V8", "the bytes of a row are not those that were approved")
        digest = hashlib.sha256(body).hexdigest()
        ever = (*self.attempts.values(), *self._lost_attempts)
        mine = (a for a in ever if a.sha256 == digest and a.rows == known)
        if not any(a.state in {"intent", "unknown", "resolved"} for a in mine):
            self.violation("V7", f"a request with rows {known} without its durable intent")
        self._check_lanes(worker)

    def _check_people(self, items: Sequence[dict[str, Any]], references: Sequence[str]) -> None:
        keys = ([item["mobile"] for item in items], [item["email"] for item in items], references)
        if any(len(set(values)) < len(values) for values in keys):
            self.violation("V9", "somebody occurs twice in one request")

    def _check_lanes(self, worker: "Worker") -> None:
        def live(other: "Worker") -> bool:
            over = other.claim is not None and self._world.now > other.claim.expires_at
            return not (other.dead or other.frozen or over)

        busy = [other for other in self._world.in_flight if live(other)]
        if live(worker) and len(busy) >= self._world.profile.lanes:
            self.violation("V10", f"{len(busy) + 1} requests in flight on {self._world.profile.lanes} lanes")

    def login(self, *, succeeded: bool) -> None:
        """V18: two refused logins in a row; a person may allow one more."""
        self._failed_logins = 0 if succeeded else self._failed_logins + 1
        self._allowed_logins = 2 if succeeded else self._allowed_logins
        if self._failed_logins > self._allowed_logins:
            self.violation("V18", f"{self._failed_logins} logins in a row failed")

    def allow_login(self) -> None:
        self._allowed_logins = self._failed_logins + 1 if self._failed_logins >= 2 else 2


def _row_ids(attempt: Attempt) -> list[int]:
    return list(attempt.rows.order_by("position").values_list("row_id", flat=True))


class Told:
    """The trail entries of one transaction, and the rows it moved."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        self._trail = [entry for entry in entries if entry.what == "trail"]
        self._by_object: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in self._trail:
            self._by_object[entry.old, entry.object_id].append(entry)
        self.events = {entry.new for entry in self._trail}
        self._counts = Counter((entry.old, entry.object_id, entry.new) for entry in self._trail)
        self.moves = {e.object_id: (e.old, e.new) for e in entries if e.what == "row"}

    def count(self, kind: str, object_id: int, event: str) -> int:
        return self._counts[kind, object_id, event]

    def entries(self, kind: str, object_id: int) -> list[Entry]:
        return self._by_object[kind, object_id]


def _from_to(entry: Entry) -> tuple[str, str]:
    data = json.loads(entry.extra)
    return data.get("from", ""), data.get("to", "")


# What makes a row failed: the answer to the newest attempt, a look-up, two people, or that a re-run was cancelled before
# it began.
_FAILED_BY = {
    "sending": {"attempt applied"},
    "pending": {"rows cancelled"},
    "unknown": {"looked up", "decision confirmed"},
    "conflict": {"decision confirmed"},
    "anomaly": {"decision confirmed"},
}


def _evidence_of_failure(old: str, told: Told) -> bool:
    return not _FAILED_BY.get(old, set()).isdisjoint(told.events)


_Reader = Callable[[Watch, Entry, Told], None]
_READERS: dict[str, _Reader] = {
    "row": Watch._row,
    "attempt": Watch._attempt,
    "sent": Watch._sent,
    "run": Watch._run,
    "batch": Watch._batch,
}
