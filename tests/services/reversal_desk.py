"""A portal with one credited row, and reversals of it that go to the simulator."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from allocations.models import Reversal, ReversalAttempt, Row
from allocations.services import reversals, reversing
from tests.services.conftest import Portal

SPENT = "SPENT"


@dataclass
class Desk:
    portal: Portal
    row: Row

    def proposed(self, amount: int = 100) -> Reversal:
        return reversals.request_reversal(
            self.portal.maker, row_id=self.row.pk, amount=amount, reason="Left the company", form_key=uuid4()
        )

    def approved(self, amount: int = 100) -> Reversal:
        asked = self.proposed(amount)
        return reversals.approve_reversal(self.portal.approver, reversal_id=asked.pk, digest=asked.digest)

    def work(self, reversal: Reversal, *, portal: Portal | None = None) -> Reversal:
        reversing.take_back(reversal.pk, gateway=(portal or self.portal).gateway)
        reversal.refresh_from_db()
        return reversal

    def work_after(self, reversal: Reversal, **by: float) -> Reversal:
        self.portal.clock.forward(**by)
        return self.work(reversal)

    def fault(self, kind: str, **options: object) -> None:
        self.portal.sim.faults.push(endpoint="single", kind=kind, **options)

    def spend(self, points: int) -> None:
        """The person redeems some of the points elsewhere."""
        person = self.portal.sim.world.people.by_card(self.row.card_id)
        taken = {"amount": Decimal(points), "status": "SUCCESS", "at": 0.0}
        self.portal.sim.ledger.debit(person, reference=SPENT, **taken)

    def debits(self) -> dict[str, tuple[str, int]]:
        """Reference -> (transaction id, points) of every debit; fails on a reference that is debited twice."""
        entries = [entry for entry in self.portal.sim.ledger.entries if entry.kind == "DR" and entry.reference != SPENT]
        assert len({entry.reference for entry in entries}) == len(entries)
        return {entry.reference: (entry.transaction_id, int(entry.amount)) for entry in entries}

    def calls(self) -> int:
        return int(self.portal.sim.control.state()["requests"].get("single", 0))

    def attempts(self) -> list[str]:
        return list(ReversalAttempt.objects.order_by("id").values_list("state", flat=True))


def open_desk(portal: Portal, *, amount: int = 100) -> Desk:
    run = portal.drain(portal.approved_run(rows=1, amount=amount))
    return Desk(portal, Row.objects.get(batch_id=run.batch_id))


def check_reversals(desk: Desk) -> None:
    """V1, V2 and V24 for debits: the ledger holds what is called reversed, once, and never more than was credited."""
    debits = desk.debits()
    done = Reversal.objects.filter(state="reversed")
    assert {one.reference: one.amount for one in done} == {ref: points for ref, (_, points) in debits.items()}
    assert all(one.transaction_id in {None, debits[one.reference][0]} for one in done)
    assert sum(points for _, points in debits.values()) <= desk.row.credited_amount
    # V7: every request was intended before.
    intended = Counter(ReversalAttempt.objects.values_list("reversal__reference", flat=True))
    notes = [note for note in desk.portal.sim.control.watch.notes if note.endpoint == "single"]
    assert Counter(reference for note in notes for reference in note.references) - intended == Counter()
    desk.row.refresh_from_db()
    assert desk.row.state == "credited"
    assert desk.portal.sim.control.state()["violations"] == []
