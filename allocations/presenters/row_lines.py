"""Rows of a batch as lines of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocations.domain.outcomes import Evidence
from allocations.domain.states import RowState
from allocations.models import Row
from allocations.presenters.reasons import evidence_words, explain
from allocations.presenters.statuses import Status, row_status

FILTERS = (
    ("", "All outcomes"),
    ("credited", "Credited"),
    ("failed", "Failed"),
    ("unknown", "Unknown"),
    ("disputed", "Conflict"),
    ("sending", "Being sent"),
    ("pending", "Not sent"),
    ("cancelled", "Cancelled"),
    ("left_out", "Left out"),
)


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row, its status, and what there is to say about it."""

    row: Row
    status: Status
    remark: str


def row_lines(rows: Iterable[Row]) -> list[RowLine]:
    return [RowLine(row=row, status=row_status(RowState(row.state)), remark=remark(row)) for row in rows]


def said_of_row(outcome: str) -> Status | None:
    """What one call said of a row, None where it said nothing."""
    return row_status(RowState(outcome)) if outcome else None


def remark(row: Row) -> str:
    """Why it is so: EnKash's own text for a failure, ours for the rest. A plain credit needs no words."""
    if row.state == RowState.CREDITED:
        return "" if row.evidence == Evidence.ANSWER else evidence_words(row.evidence)
    return row.reason or explain(row.reason_code).words
