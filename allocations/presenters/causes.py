"""Failed rows by cause, each with what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allocations.domain.outcomes import Reason
from allocations.presenters.masking import masked_text
from allocations.presenters.reasons import explain
from allocations.selectors.runs import Cause


@dataclass(frozen=True, slots=True)
class CauseLine:
    """`words` is EnKash's text where it is all there is to say, and `said` then empty.

    `reason` is that text for a link to its rows, "" where it names a person: then all rows of the code are meant.
    """

    words: str
    said: str
    next_step: str
    code: str
    reason: str
    rows: int
    points: int


def cause_lines(causes: Iterable[Cause]) -> list[CauseLine]:
    return [_line(cause) for cause in causes]


def _line(cause: Cause) -> CauseLine:
    explained = explain(cause.reason_code)
    plain = explained.words if cause.reason_code != Reason.OTHER else ""
    shown = masked_text(cause.reason)
    return CauseLine(
        words=plain or shown or explained.words or _("No reason given"),
        said=shown if plain else "",
        next_step=explained.next_step,
        code=cause.reason_code,
        reason=cause.reason if shown == cause.reason else "",
        rows=cause.rows,
        points=cause.points,
    )
