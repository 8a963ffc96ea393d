"""A batch in one line of a table: its status and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.states import BatchState, RunState
from allocations.models import Batch
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.outcomes import status_of
from allocations.presenters.statuses import Status
from allocations.presenters.stories import person
from allocations.selectors.batch_lists import BatchLine
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class Line:
    batch: Batch
    status: Status
    stands: str


def present_lines(lines: Iterable[BatchLine]) -> list[Line]:
    return [Line(one.batch, status_of(one.batch, one.totals, one.run), where_it_stands(one)) for one in lines]


def where_it_stands(line: BatchLine) -> str:
    batch = line.batch
    match BatchState(batch.state):
        case BatchState.DRAFT:
            return "The list could not be used"
        case BatchState.CHECKING:
            return "The list is being read"
        case BatchState.REVIEW:
            return _review(batch)
        case BatchState.SUBMITTED:
            return f"Made by {person(batch.submitted_by)}"
        case BatchState.APPROVED:
            return _approved(line)


def _review(batch: Batch) -> str:
    if batch.error_rows:
        return f"{counted(batch.error_rows, 'row')} to fix"
    return "Sent back" if batch.sent_back_reason else "Ready to submit"


def _approved(line: BatchLine) -> str:
    if line.run is None or line.run.state == RunState.QUEUED:
        return "Waiting to start"
    said = outcome_words(line.totals, left_out=line.batch.left_out_count)
    return f"Paused: {said}" if line.run.state == RunState.PAUSED else said


def outcome_words(totals: Totals, *, left_out: int = 0) -> str:
    """4,912 credited, 61 failed, 27 left out: only what there is."""
    counts = (
        (totals.credited, "credited"),
        (totals.failed, "failed"),
        (totals.unknown, "unknown"),
        (totals.disputed, "in conflict"),
        (totals.sending, "being sent"),
        (totals.pending, "not sent"),
        (totals.cancelled, "cancelled"),
        (left_out, "left out"),
    )
    return ", ".join(f"{grouped(number)} {word}" for number, word in counts if number) or "No rows"
