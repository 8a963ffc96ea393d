"""What must hold once the faults have stopped and nothing is left to do."""

from typing import TYPE_CHECKING

from allocations.models import Chunk, Row, Run
from tests.services import invariants

if TYPE_CHECKING:
    from tests.simulation.world import World

_SHARED = {
    "V4 V13": invariants.check_batches,
    "V20": invariants.check_counters,
    "V22": invariants.check_answers_read_again,
}
DECIDED = {"credited", "failed", "cancelled", "left_out"}


def check(world: "World") -> None:
    for name, shared in _SHARED.items():
        try:
            shared()
        except AssertionError as error:
            world.violation(name, str(error).splitlines()[0] if str(error) else shared.__name__)
    _check_nothing_is_stuck(world)
    _check_sums(world)


def _check_nothing_is_stuck(world: "World") -> None:
    """V5: decided, or waiting for people."""
    for run in Run.objects.order_by("pk"):
        if run.state not in {"settled", "attention"}:
            world.violation("V5", f"run {run.pk} is {run.state} ({run.pause_code}) and nothing is going to happen")
    for row in Row.objects.exclude(state__in=DECIDED).select_related("chunk").order_by("pk"):
        if row.chunk is None or row.chunk.state != "people":
            world.violation("V5", f"row {row.pk} is {row.state} and nobody is asked")
        world.count(f"rows left to people: {row.state}")
    if Chunk.objects.filter(state="open").exists():
        world.violation("V5", "a chunk is open for ever")


def _check_sums(world: "World") -> None:
    """V1: what is credited is what the ledger holds, row by row, and nothing else is in it."""
    ledger = world.provider.credited
    for row in Row.objects.order_by("pk"):
        if row.state == "credited" and row.credited_amount != row.amount:
            world.violation("V1", f"row {row.pk} is credited with {row.credited_amount} instead of {row.amount}")
        if (row.state == "credited") != bool(ledger[row.reference]) and row.state in DECIDED | {"pending"}:
            world.violation("V1", f"row {row.pk} is {row.state}, the ledger has {ledger[row.reference]} credits")
        world.count(f"rows at rest: {row.state}")
    if strangers := set(ledger) - set(world.watch.by_reference):
        world.violation("V2", f"{len(strangers)} references in the ledger that nobody approved")
