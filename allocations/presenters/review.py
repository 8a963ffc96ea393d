"""A list before submission: how it adds up, what keeps it from being submitted, the tabs over its rows."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.models import Batch
from allocations.presenters.equations import Equation, Term
from allocations.presenters.numbers import grouped
from allocations.presenters.statuses import NEEDS_FIXING
from allocations.selectors.review import Show


def review_equation(batch: Batch, *, rows_in_file: int) -> Equation:
    """`rows_in_file` is what the reader counted; the parts are what is stored, so a lost row shows."""
    return Equation(
        whole=Term(rows_in_file, _("rows in file")),
        parts=(
            Term(ready_rows(batch), _("ready")),
            Term(batch.error_rows, _("needs fixing"), NEEDS_FIXING),
            Term(batch.left_out_count, _("left out by you")),
        ),
        remark=_carried(batch.points_total) if batch.error_rows == 0 else "",
    )


def _carried(points: int) -> str:
    said = ngettext("Ready rows carry %(points)s point", "Ready rows carry %(points)s points", points)
    return said % {"points": grouped(points)}


def ready_rows(batch: Batch) -> int:
    return batch.row_count - batch.left_out_count - batch.error_rows


def reason_against_submitting(
    batch: Batch,
    *,
    adds_up: bool = True,
    refused: str = "",
    unconfirmed: int = 0,
    unaccepted: str = "",
    limit: str = "",
    repeated: str = "",
) -> str:
    """Why the submit button is off, "" when it is on. `refused`: what the policy says to this person; `unconfirmed`:
    how many questions about the file are open; `unaccepted`: which warnings are not accepted; `limit`: the one that the
    batch is beyond; `repeated`: what another batch that gives the same has against it."""
    if refused:
        return refused
    if not adds_up:
        return _("The rows do not add up: upload the list again.")
    if batch.error_rows:
        said = ngettext(
            "%(rows)s row still has errors: fix them or leave them out.",
            "%(rows)s rows still have errors: fix them or leave them out.",
            batch.error_rows,
        )
        return said % {"rows": grouped(batch.error_rows)}
    if unconfirmed:
        return _("How the file was read is not confirmed yet: look at it below.")
    if ready_rows(batch) < 1:
        return _("No row is left to submit. Upload a list with at least one row.")
    return limit or unaccepted or repeated


def opening_show(batch: Batch) -> Show:
    """The grid opens on what needs work."""
    if batch.error_rows:
        return Show.ERRORS
    return Show.WARNINGS if batch.warning_rows else Show.ALL


@dataclass(frozen=True, slots=True)
class Tab:
    show: Show
    label: str
    rows: int


def tabs(batch: Batch) -> tuple[Tab, ...]:
    return (
        Tab(Show.ERRORS, _("Errors"), batch.error_rows),
        Tab(Show.WARNINGS, _("Warnings"), batch.warning_rows),
        Tab(Show.ALL, _("All"), batch.row_count),
        Tab(Show.LEFT_OUT, _("Left out"), batch.left_out_count),
    )
