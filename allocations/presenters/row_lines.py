"""Rows of a batch as lines of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from allocations.domain.outcomes import Evidence
from allocations.domain.states import RowState
from allocations.models import Row
from allocations.presenters.reasons import evidence_words, explain
from allocations.presenters.statuses import Status, row_status

FILTERS = (
    ("", _("All outcomes")),
    ("credited", _("Credited")),
    ("failed", _("Failed")),
    ("unknown", _("Unknown")),
    ("disputed", _("Conflict")),
    ("sending", _("Being sent")),
    ("pending", _("Not sent")),
    ("cancelled", _("Cancelled")),
    ("left_out", _("Left out")),
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
