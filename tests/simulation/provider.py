"""A virtual EnKash: a ledger of its own, work that takes virtual time, and a duplicate check that may be racy."""

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.database import CARD_ACCOUNT, COMPANY
from tests.simulation.timeline import Timeline

EXISTS = "Unique Reference Number already exists"
POOR = "Insufficient balance in card account"
REFUSED = "Mobile number registered with another company"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one request is worked on. Times are seconds; `window` lies between looking for a reference and writing it."""

    begins: float = 0.0
    gap: float = 0.1
    window: float = 0.0
    stops_after: int | None = None
    refuses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    reference: str
    mobile: str
    amount: int
    transaction_id: str
    visible_at: datetime
    status: str = "SUCCESS"


@dataclass(slots=True)
class Request:
    """A request that arrived; `lines` fill as it is worked on, until `done_at`."""

    items: list[dict[str, Any]]
    plan: Plan
    done_at: datetime
    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    known: dict[int, bool] = field(default_factory=dict)


class Provider:
    def __init__(
        self,
        timeline: Timeline,
        *,
        balance: int,
        echoes: bool,
        burns: bool,
        lag: Callable[[], float],
        note: Callable[[str], None],
    ) -> None:
        self.opening = self.balance = balance
        self.entries: list[Entry] = []
        # References that a refusal used up.
        self.burnt: dict[str, Entry] = {}
        self.credited: Counter[str] = Counter()
        self.working = 0
        self._timeline = timeline
        self._echoes = echoes
        self._burns = burns
        self._lag = lag
        self._note = note

    def top_up(self, amount: int) -> None:
        self.opening += amount
        self.balance += amount

    def receive(self, items: list[dict[str, Any]], plan: Plan) -> Request:
        """Takes a request in; its rows are worked off as time passes, whatever becomes of the caller."""
        count = len(items) if plan.stops_after is None else min(plan.stops_after, len(items))
        lasts = plan.begins + plan.gap * max(count - 1, 0) + plan.window
        request = Request(items, plan, self._timeline.now + timedelta(seconds=lasts))
        if self.working:
            self._note("requests that overlap at the provider")
        self.working += 1
        for position in range(count):
            begins = plan.begins + plan.gap * position
            if plan.window:
                self._timeline.after(begins, lambda at=position: self._look(request, at))
                self._timeline.after(begins + plan.window, lambda at=position: self._write(request, at))
            else:
                self._timeline.after(begins, lambda at=position: self._at_once(request, at))
        self._timeline.at(request.done_at, self._finish)
        return request

    def _finish(self) -> None:
        self.working -= 1

    def _at_once(self, request: Request, position: int) -> None:
        self._look(request, position)
        self._write(request, position)

    def _look(self, request: Request, position: int) -> None:
        reference = request.items[position]["uniqueReferenceNumber"]
        request.known[position] = self.credited[reference] > 0 or reference in self.burnt

    def _write(self, request: Request, position: int) -> None:
        item = request.items[position]
        line = {key: item[key] for key in ("mobile", "email", "loadAmount", "name")}
        line |= {"companyId": COMPANY, "cardAccountId": CARD_ACCOUNT}
        if self._echoes:
            line["uniqueReferenceNumber"] = item["uniqueReferenceNumber"]
        reason = self._reason(request, position)
        request.lines[position] = line | ({"failureReason": reason} if reason else self._credit(item))

    def _reason(self, request: Request, position: int) -> str:
        if request.known[position]:
            self._note("references refused as known")
            return EXISTS
        if position in request.plan.refuses:
            self._burn(request.items[position])
            return REFUSED
        return POOR if self.balance < request.items[position]["loadAmount"] else ""

    def _burn(self, item: dict[str, Any]) -> None:
        reference = item["uniqueReferenceNumber"]
        if self._burns:
            self._note("references used up by a refusal")
            number = f"ECF{len(self.burnt) + 1:08}"
            self.burnt[reference] = Entry(
                reference, item["mobile"], item["loadAmount"], number, self._visible_at(), status="FAILED"
            )

    def _visible_at(self) -> datetime:
        return self._timeline.now + timedelta(seconds=self._lag())

    def _credit(self, item: dict[str, Any]) -> dict[str, Any]:
        reference, amount = item["uniqueReferenceNumber"], item["loadAmount"]
        self.balance -= amount
        self.credited[reference] += 1
        number = f"ECT{len(self.entries) + 1:08}"
        self.entries.append(Entry(reference, item["mobile"], amount, number, self._visible_at()))
        return {
            "enkashCardTxnId": number,
            "userId": f"EK{item['mobile']}",
            "otbBalance": amount,
            "enkashCardId": f"CRD{item['mobile']}",
            "accountBalance": self.balance,
        }

    def visible(self, references: Collection[str]) -> list[Entry]:
        now = self._timeline.now
        listed = (*self.entries, *self.burnt.values())
        return [entry for entry in listed if entry.reference in references and entry.visible_at <= now]


def report(request: Request, *, skew: int = 0, without: int | None = None) -> bytes:
    """The answer to what was worked on so far. `skew`: a count is wrong; `without`: a line is missing."""
    lines = [request.lines[position] for position in sorted(request.lines) if position != without]
    good = [line for line in lines if "failureReason" not in line]
    bad = [line for line in lines if "failureReason" in line]
    payload = {
        "successBulkEnkashCardCreateDTOs": good,
        "failureBulkEnkashCardCreateDTOs": bad,
        "successCount": len(good) + skew,
        "failureCount": len(bad),
        "totalCount": len(request.items),
    }
    return json.dumps({"code": 0, "message": "Success", "payload": payload}).encode()
