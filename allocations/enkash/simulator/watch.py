"""Journals every request before its work and notes where the client breaks its own protocol.

V8, V9, V10 and V18 are the invariants of the protocol that a provider can see; a client that keeps them leaves
`violations` empty. `suspicions` may have an innocent cause: one person can rightly get the same amount twice.
"""

import threading
from collections import Counter
from dataclasses import asdict, dataclass, field

from allocations.enkash.simulator.answers import Endpoint
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.payload import Item
from allocations.enkash.simulator.people import AccountKey

Gift = tuple[AccountKey, str, str]
"""Account, mobile and amount."""

ALLOCATING = (Endpoint.BULK, Endpoint.SINGLE)


@dataclass(slots=True, kw_only=True)
class Note:
    """One request; times are epoch seconds, answered_at is None while it is in work."""

    number: int
    endpoint: Endpoint
    received_at: float
    account: AccountKey
    references: tuple[str, ...]
    fault: str = ""
    status: int | None = None
    answered_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken invariant, by its number in the protocol, and the request that broke it."""

    invariant: str
    request: int
    detail: str


@dataclass(slots=True)
class Watch:
    """Everything seen since the start or the last reset. Safe for threads."""

    notes: list[Note] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    suspicions: list[Violation] = field(default_factory=list)
    peak_in_flight: int = 0
    failed_logins_in_a_row: int = 0
    _in_flight: dict[AccountKey, list[Request]] = field(default_factory=dict)
    _digests: dict[str, bytes] = field(default_factory=dict)
    _unanswered: dict[Gift, set[str]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def arrived(self, request: Request, *, lanes: int) -> Note:
        """Journals the request, with its references, before any work is done for it."""
        references = tuple(reference_of(item) for item in request.content.items)
        note = Note(
            number=request.number,
            endpoint=request.endpoint,
            received_at=request.received_at,
            account=request.account,
            references=references if request.endpoint in ALLOCATING else (),
        )
        with self._lock:
            self.notes.append(note)
            if request.endpoint in ALLOCATING:
                self._check_lanes(request, lanes=lanes)
                self._check_people(request)
                self._check_resends(request)
        return note

    def left(self, request: Request, note: Note, *, status: int | None, intact: bool, at: float) -> None:
        """Notes the end of a request; intact is False where the client cannot know what became of it."""
        with self._lock:
            note.status = status
            note.answered_at = at
            if request.endpoint is Endpoint.TOKEN:
                self._count_login(request, succeeded=intact and status == 200)
            if request.endpoint in ALLOCATING:
                self._in_flight[request.account].remove(request)
                self._remember_unanswered(request, intact=intact)

    def looked_up(self, references: list[str]) -> None:
        """A look-up settles what an unanswered request left open."""
        with self._lock:
            for gift in list(self._unanswered):
                self._settle(gift, set(references))

    def counts(self) -> dict[str, int]:
        """Requests by endpoint."""
        with self._lock:
            return dict(Counter(note.endpoint.value for note in self.notes))

    def notes_after(self, number: int) -> list[dict[str, object]]:
        """Every journalled request with a higher number."""
        with self._lock:
            return [asdict(note) for note in self.notes if note.number > number]

    def clear(self) -> None:
        with self._lock:
            self.notes.clear()
            self.violations.clear()
            self.suspicions.clear()
            self._digests.clear()
            self._unanswered.clear()
            self.peak_in_flight = self.failed_logins_in_a_row = 0

    def _check_lanes(self, request: Request, *, lanes: int) -> None:
        flying = self._in_flight.setdefault(request.account, [])
        flying.append(request)
        if len(flying) <= lanes and len(flying) <= self.peak_in_flight:
            return
        # A client that died or gave up has left its request here; only clients that still wait count.
        waiting = sum(each.is_open() for each in flying)
        self.peak_in_flight = max(self.peak_in_flight, waiting)
        if waiting > lanes:
            self._violated("V10", request, f"{waiting} requests in flight on one account, {lanes} allowed")

    def _check_people(self, request: Request) -> None:
        for name in ("mobile", "email"):
            values = [str(value).casefold() for item in request.content.items if (value := item.fields.get(name))]
            repeated = len(values) - len(set(values))
            if repeated:
                self._violated("V9", request, f"{repeated} rows repeat the {name} of another row in one request")

    def _check_resends(self, request: Request) -> None:
        for item in request.content.items:
            reference = reference_of(item)
            first = self._digests.setdefault(reference, item.digest)
            if first != item.digest:
                self._violated("V8", request, f"reference {reference} was sent before with other bytes")
            if self._unanswered:
                self._check_repeat(request, item, reference=reference)

    def _check_repeat(self, request: Request, item: Item, *, reference: str) -> None:
        others = self._unanswered.get(_gift(request, item), set()) - {reference}
        if others:
            detail = f"reference {reference} repeats person and amount of unanswered {', '.join(sorted(others))}"
            self.suspicions.append(Violation(invariant="R16", request=request.number, detail=detail))

    def _remember_unanswered(self, request: Request, *, intact: bool) -> None:
        if intact and not self._unanswered:
            return
        for item in request.content.items:
            gift, reference = _gift(request, item), reference_of(item)
            if not intact:
                self._unanswered.setdefault(gift, set()).add(reference)
            elif gift in self._unanswered:
                self._settle(gift, {reference})

    def _settle(self, gift: Gift, references: set[str]) -> None:
        self._unanswered[gift] -= references
        if not self._unanswered[gift]:
            del self._unanswered[gift]

    def _count_login(self, request: Request, *, succeeded: bool) -> None:
        self.failed_logins_in_a_row = 0 if succeeded else self.failed_logins_in_a_row + 1
        if self.failed_logins_in_a_row >= 3:
            self._violated("V18", request, f"{self.failed_logins_in_a_row} failed logins in a row")

    def _violated(self, invariant: str, request: Request, detail: str) -> None:
        self.violations.append(Violation(invariant=invariant, request=request.number, detail=detail))


def reference_of(item: Item) -> str:
    """The reference under either of the documented names, empty where it is missing."""
    fields = item.fields
    return str(fields.get("uniqueReferenceNumber") or fields.get("uniqueReferenceNum") or "")


def _gift(request: Request, item: Item) -> Gift:
    return request.account, str(item.fields.get("mobile")), str(item.fields.get("loadAmount"))
