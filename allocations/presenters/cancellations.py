"""What cancelling a run would do, before somebody does it."""

from dataclasses import dataclass

from allocations.models import Run
from allocations.presenters.numbers import counted
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class Cancellation:
    """`button`: "" where nothing is left that could be sent."""

    sentence: str
    button: str


def cancellation(run: Run, totals: Totals) -> Cancellation:
    if totals.pending:
        return _not_sent(totals.pending, is_rerun=run.generation > 1)
    unsure = totals.sending + totals.unknown
    if unsure:
        have = counted(unsure, "row has", "rows have")
        said = f"Every row of this run was sent. {have} no sure outcome yet."
        return Cancellation(said, f"Never send {counted(unsure, 'row')} again")
    return Cancellation("Nothing of this run is left to be sent.", "")


def _not_sent(pending: int, *, is_rerun: bool) -> Cancellation:
    """A row that failed before its re-run stays failed: only what was never sent is cancelled."""
    rows = counted(pending, "row")
    if is_rerun:
        stay = "stays" if pending == 1 else "stay"
        return Cancellation(f"{rows} of this re-run will not be sent and {stay} failed.", f"Leave {rows} failed")
    return Cancellation(f"{rows} of this run will not be sent.", f"Cancel {rows}")
