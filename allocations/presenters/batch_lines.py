"""A batch in one line of a table: its status and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.states import BatchState, RunState
from allocations.models import Batch
from allocations.presenters.numbers import grouped
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
            return _("The list could not be used")
        case BatchState.CHECKING:
            return _("The list is being read")
        case BatchState.REVIEW:
            return _review(batch)
        case BatchState.SUBMITTED:
            return _("Made by %(person)s") % {"person": person(batch.submitted_by)}
        case BatchState.APPROVED:
            return _approved(line)


def _review(batch: Batch) -> str:
    if batch.error_rows:
        said = ngettext("%(rows)s row to fix", "%(rows)s rows to fix", batch.error_rows)
        return said % {"rows": grouped(batch.error_rows)}
    return _("Sent back") if batch.sent_back_reason else _("Ready to submit")


def _approved(line: BatchLine) -> str:
    if line.run is None or line.run.state == RunState.QUEUED:
        return _("Waiting to start")
    said = outcome_words(line.totals, left_out=line.batch.left_out_count)
    return _("Paused: %(outcome)s") % {"outcome": said} if line.run.state == RunState.PAUSED else said


def outcome_words(totals: Totals, *, left_out: int = 0) -> str:
    """4,912 credited, 61 failed, 27 left out: only what there is."""
    counts = (
        (totals.credited, _("%(rows)s credited")),
        (totals.failed, _("%(rows)s failed")),
        (totals.unknown, _("%(rows)s unknown")),
        (totals.disputed, _("%(rows)s in conflict")),
        (totals.sending, _("%(rows)s being sent")),
        (totals.pending, _("%(rows)s not sent")),
        (totals.cancelled, _("%(rows)s cancelled")),
        (left_out, _("%(rows)s left out")),
    )
    return ", ".join(words % {"rows": grouped(number)} for number, words in counts if number) or _("No rows")
