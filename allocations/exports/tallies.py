"""An export counts what it writes and is refused unless that equals what the pages show."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from allocations.domain.errors import StateConflict
from allocations.domain.states import FROZEN_BATCHES, RowState
from allocations.exports.cells import OUTCOMES, points
from allocations.models import Batch
from allocations.selectors.outcome_rows import STATE_FILTERS
from allocations.selectors.reversals import reversed_points
from allocations.selectors.totals import Totals

# The filters of the batch page, by the word of the export.
FILTERS = {OUTCOMES[min(states)]: name for name, states in STATE_FILTERS.items()}


@dataclass(slots=True)
class Tally:
    """Rows and points (as in the list) by state, and points credited and taken back, of what was written."""

    rows: Counter[RowState] = field(default_factory=Counter)
    points: Counter[RowState] = field(default_factory=Counter)
    credited: Decimal = Decimal(0)
    taken_back: Decimal = Decimal(0)
    # How many rows there will be, 0 while nobody knows.
    expected: int = 0

    def add(
        self,
        states: Iterable[str],
        amounts: Iterable[int | None],
        *,
        credited: Iterable[Decimal | None],
        taken_back: Iterable[Decimal | None],
    ) -> None:
        for state, amount in zip(map(_STATES.__getitem__, states), amounts, strict=True):
            self.rows[state] += 1
            self.points[state] += amount or 0
        self.credited += sum((amount for amount in credited if amount is not None), Decimal(0))
        self.taken_back += sum((amount for amount in taken_back if amount is not None), Decimal(0))

    def rows_of(self, word: str) -> int:
        return sum(self.rows[state] for state in STATE_FILTERS[FILTERS[word]])

    def points_of(self, word: str) -> int:
        return sum(self.points[state] for state in STATE_FILTERS[FILTERS[word]])

    @property
    def net(self) -> Decimal:
        return self.credited - self.taken_back

    @property
    def row_count(self) -> int:
        return self.rows.total()

    @property
    def point_count(self) -> int:
        """Points of the rows that were to be sent: those left out do not count."""
        return self.points.total() - self.points[RowState.LEFT_OUT]


_STATES = {state.value: state for state in RowState}


def check(tally: Tally, batch: Batch, totals: Totals, *, outcome: str = "") -> None:
    """Raises StateConflict with the first figure that differs. `outcome`: the filter's word, "" for all rows."""
    for what, found, counted in _figures(tally, batch, totals, outcome):
        if found != counted:
            raise StateConflict(
                f"The export does not add up: {what} are {found} in its rows and {counted} in the batch's counters. "
                "Nothing was exported. Tell the owner of the portal: the counters or the rows are wrong."
            )


def rows_of(batch: Batch, totals: Totals, *, outcome: str = "") -> int:
    """How many rows the counters promise. `outcome`: the filter's word, "" for all rows."""
    if not outcome:
        return batch.row_count
    return batch.left_out_count if outcome == "left out" else getattr(totals, FILTERS[outcome])


def _figures(tally: Tally, batch: Batch, totals: Totals, outcome: str) -> Iterator[tuple[str, object, object]]:
    for word in FILTERS:
        if outcome in {"", word}:
            yield f"rows with the outcome “{word}”", tally.rows_of(word), rows_of(batch, totals, outcome=word)
    if outcome in {"", "credited"}:
        yield "points credited", points(tally.credited), points(totals.credited_points)
        yield "points taken back", points(tally.taken_back), reversed_points(batch)
    if outcome in {"", "failed"}:
        yield "points of failed rows", tally.points_of("failed"), totals.failed_points
    if not outcome:
        undecided = tally.points_of("unknown") + tally.points_of("conflict")
        yield "points of unknown and conflict rows", undecided, totals.unknown_points
        yield "rows", tally.row_count, batch.row_count
        if batch.state in FROZEN_BATCHES:
            yield "points submitted", tally.point_count, batch.points_total
