"""What must hold once the faults have stopped and nothing is left to do."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.services import invariants
from tests.simulation.due import ask, unread

if TYPE_CHECKING:
    from tests.simulation.world import World

DECIDED = {"credited", "failed", "cancelled", "left_out"}
# Invariants shared with the tests of the services, and at every which seed they are asked: these cost a quarter of a
# seed, and what they would catch does not hide in rare timings.
_SHARED: Mapping[str, tuple[Callable[[], None], int]] = {
    "V4 V13": (invariants.check_batches, 4),
    "V22": (invariants.check_answers_read_again, 4),
    "V19": (invariants.check_trail, 4),
}
_RUNS = "SELECT id, state, pause_code FROM allocations_run ORDER BY id"
_ROWS = (
    "SELECT r.id, r.state, r.amount, r.credited_amount, c.state FROM allocations_row r"
    " LEFT JOIN allocations_chunk c ON c.id = r.chunk_id ORDER BY r.id"
)
_COUNTED = ("pending", "sending", "credited", "failed", "unknown")
_COUNTS = ", ".join(f"SUM(CASE WHEN r.state = '{state}' THEN 1 ELSE 0 END)" for state in _COUNTED)
_WRONG_COUNTERS = (
    f"SELECT c.id FROM allocations_chunk c LEFT JOIN allocations_row r ON r.chunk_id = c.id GROUP BY c.id"
    f" HAVING ({', '.join(f'c.{state}' for state in _COUNTED)}, c.disputed, c.credited_points) <> ({_COUNTS},"
    " SUM(CASE WHEN r.state IN ('conflict', 'anomaly') THEN 1 ELSE 0 END),"
    " COALESCE(SUM(CASE WHEN r.state = 'credited' THEN r.credited_amount END), 0))"
)


def check(world: "World") -> None:
    for name, (shared, every) in _SHARED.items():
        if world.seed % every == 0:
            _ask_shared(world, name, shared)
    _check_ends(world)
    _check_rows(world)
    if wrong := ask(_WRONG_COUNTERS):
        world.violation("V20", f"chunks {[chunk for (chunk,) in wrong]} count other rows than they have")
    if strangers := set(world.provider.credited) - set(world.watch.by_reference):
        world.violation("V2", f"{len(strangers)} references in the ledger that nobody approved")


def _check_ends(world: "World") -> None:
    for run_id, state, pause in ask(_RUNS):
        if state not in {"settled", "attention"}:
            world.violation("V5", f"run {run_id} is {state} ({pause}) and nothing is going to happen")
    if ask("SELECT 1 FROM allocations_chunk WHERE state = 'open'"):
        world.violation("V5", "a chunk is open for ever")
    if unread():
        world.violation("V5", "an answer is stored and nobody reads it")


def _ask_shared(world: "World", name: str, shared: Callable[[], None]) -> None:
    try:
        shared()
    except AssertionError as error:
        world.violation(name, str(error).splitlines()[0] if str(error) else shared.__name__)


def _check_rows(world: "World") -> None:
    for row_id, state, amount, credited, chunk in ask(_ROWS):
        _check_row(world, row_id, state=state, chunk=chunk)
        _check_points(world, row_id, state=state, amount=amount, credited=credited)


def _check_row(world: "World", row_id: int, *, state: str, chunk: str | None) -> None:
    """V5: decided, or waiting for people."""
    world.count(f"rows at rest: {state}")
    if state not in DECIDED and (world.profile.decides or chunk != "people"):
        world.violation("V5", f"row {row_id} is {state}, its chunk {chunk}, and nobody decides")


def _check_points(world: "World", row_id: int, *, state: str, amount: int, credited: object) -> None:
    """V1: what is credited is what the ledger holds, row by row, and nothing else is in it."""
    held = world.provider.credited[world.watch.rows[row_id].reference]
    if state == "credited" and credited != amount:
        world.violation("V1", f"row {row_id} is credited with {credited} instead of {amount}")
    if (state == "credited") != bool(held) and state in DECIDED | {"pending"}:
        world.violation("V1", f"row {row_id} is {state}, the ledger has {held} credits")
