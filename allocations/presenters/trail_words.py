"""What an entry of the trail tells, as a sentence: the events that batches have every day."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allocations.domain.calls import CallResult
from allocations.domain.states import RowState
from allocations.models import TrailEntry
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.passports import result_words
from allocations.presenters.review_grid import FIELDS
from allocations.presenters.statuses import row_status

_ROWS = frozenset({"rows", "count", "row_count", "asked", "cancelled", "failed_as_before", "to_be_looked_up"})
_SENTENCES: Mapping[str, str | Promise] = {
    "batch created": _("The batch was made."),
    "list uploaded": _("A list was uploaded."),
    "columns mapped": _("Somebody said which column is which; the list is read again."),
    "reading chosen": _("Somebody chose the sheet or the header's row; the list is read again."),
    "list checked": _("The list was read and checked: %(row_count)s, of them %(error_rows)s with errors."),
    "list refused": _("The list could not be used."),
    "reading confirmed": _("How the list was read was confirmed."),
    "rows leave out": _("Left out: %(count)s."),
    "rows take back": _("Taken back into the list: %(count)s."),
    "cell mended": _("Row %(number)s: %(field)s was changed."),
    "cell put back": _("Row %(number)s: %(field)s is again what the file has."),
    "rows repaired": _("A repair changed %(rows)s."),
    "repair undone": _("A repair was undone in %(rows)s."),
    "warnings accepted": _("A kind of warning was accepted with a reason: %(rows)s."),
    "acceptance taken back": _("The acceptance of a kind of warning was taken back: %(rows)s."),
    "batch submitted": _("Submitted for approval as version %(version)s: %(rows)s, %(points)s."),
    "batch withdrawn": _("Withdrawn from approval."),
    "batch sent back": _("Sent back to the maker."),
    "batch approval given": _("One of several approvals was given."),
    "batch approved": _("Approved."),
    "run created": _("A run was made."),
    "run start": _("The run began."),
    "run pause": _("The run paused."),
    "run resume": _("The run went on."),
    "run requeue": _("The run waits for its turn again."),
    "run cancel": _("The run was cancelled: nothing more of it is sent."),
    "run stop requested": _("The run is to stop after the chunks in hand."),
    "run need people": _("The run has nothing more to send: what is left waits for people."),
    "run settle": _("The run ended."),
    "rows cancelled": _(
        "Cancelled: %(cancelled)s. Failed as before: %(failed_as_before)s. Looked up first: %(to_be_looked_up)s."
    ),
    "failed rows re-run": _("Failed before and to be sent once more by a new run: %(rows)s."),
    "canary verified": _("EnKash's list shows the first rows: the rest follows."),
    "attempt intended": _(
        "Call %(number)s of chunk %(chunk)s was written down before it was to go out: %(rows)s, %(points)s."
    ),
    "attempt applied": _("A call was answered: %(how)s."),
    "late answer applied": _("A late answer to a call was kept: %(how)s."),
    "looked up": _("EnKash was asked what became of %(asked)s: %(found)s found."),
    "look-up failed": _("EnKash was asked what became of %(asked)s and gave no answer that could be used."),
    "people asked": _("No more can be found out: %(rows)s wait for people."),
    "batch exported": _("Exported: %(rows)s."),
    "bundle exported": _("A signed bundle was exported."),
}


def sentence(entry: TrailEntry) -> str:
    """ "" for events without one, and for entries of former versions that lack a figure."""
    template = _SENTENCES.get(entry.event)
    if template is None:
        return ""
    try:
        return str(template) % _figures(entry.data)
    except KeyError:
        return ""


def _figures(data: Mapping[str, Any]) -> dict[str, str]:
    """Only what sentences name: the rest of an entry may be lists and texts of any kind."""
    figures = {key: _figure(key, value) for key, value in data.items() if isinstance(value, int)}
    if isinstance(field := data.get("field"), str):
        figures["field"] = str(FIELDS.get(field, field))
    if how := _how(data):
        figures["how"] = how
    return figures


def _figure(key: str, value: int) -> str:
    if key in _ROWS:
        return counted(value, "row")
    return counted(value, "point") if key == "points" else grouped(value)


def _how(data: Mapping[str, Any]) -> str:
    """Of a call: rows by outcome where it was answered row by row, else how it ended, for then it decided no row."""
    result = data.get("result")
    if result == CallResult.ROWS:
        outcomes = data.get("outcomes", {}).items()
        return ", ".join(f"{grouped(n)} {row_status(RowState(name)).said.lower()}" for name, n in outcomes)
    return result_words(CallResult(result)) if result in set(CallResult) else ""
