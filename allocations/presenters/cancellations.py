"""What cancelling a run would do, before somebody does it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.models import Run
from allocations.presenters.numbers import grouped
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
        rows = {"rows": grouped(unsure)}
        said = ngettext(
            "Every row of this run was sent. %(rows)s row has no sure outcome yet.",
            "Every row of this run was sent. %(rows)s rows have no sure outcome yet.",
            unsure,
        )
        button = ngettext("Never send %(rows)s row again", "Never send %(rows)s rows again", unsure)
        return Cancellation(said % rows, button % rows)
    return Cancellation(_("Nothing of this run is left to be sent."), "")


def _not_sent(pending: int, *, is_rerun: bool) -> Cancellation:
    """A row that failed before its re-run stays failed: only what was never sent is cancelled."""
    rows = {"rows": grouped(pending)}
    if is_rerun:
        said = ngettext(
            "%(rows)s row of this re-run will not be sent and stays failed.",
            "%(rows)s rows of this re-run will not be sent and stay failed.",
            pending,
        )
        button = ngettext("Leave %(rows)s row failed", "Leave %(rows)s rows failed", pending)
        return Cancellation(said % rows, button % rows)
    said = ngettext(
        "%(rows)s row of this run will not be sent.", "%(rows)s rows of this run will not be sent.", pending
    )
    return Cancellation(said % rows, ngettext("Cancel %(rows)s row", "Cancel %(rows)s rows", pending) % rows)
