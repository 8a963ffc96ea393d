"""Calls as lines of their run: what each of them did itself, never what its chunk came to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allocations.domain.states import AttemptState
from allocations.models import Attempt
from allocations.presenters.numbers import grouped
from allocations.presenters.passports import attempt_words
from allocations.selectors.runs import CallCounts

_NO_ANSWER_YET = {AttemptState.INTENT, AttemptState.ANSWERED}


@dataclass(frozen=True, slots=True)
class CallLine:
    """`credited`, `failed` and `undecided` are what its answer said, None before it is read. `since`: what became
    known later of the rows that it did not decide."""

    attempt: Attempt
    words: str
    credited: int | None
    failed: int | None
    undecided: int | None
    since: str


def call_lines(calls: Iterable[Attempt], counts: Mapping[int, CallCounts]) -> list[CallLine]:
    return [_line(call, counts.get(call.pk, CallCounts())) for call in calls]


def _line(call: Attempt, counts: CallCounts) -> CallLine:
    words = attempt_words(call)
    if call.state in _NO_ANSWER_YET:
        return CallLine(call, words, None, None, None, "")
    undecided = call.row_count - counts.credited - counts.failed
    return CallLine(call, words, counts.credited, counts.failed, undecided, _since(counts))


def _since(counts: CallCounts) -> str:
    """Nothing while all of them are as open as the call left them."""
    known = (
        (counts.found_credited, _("%(rows)s credited by look-up")),
        (counts.found_failed, _("%(rows)s failed by look-up")),
        (counts.by_people, _("%(rows)s decided by people")),
        (counts.again, _("%(rows)s sent again")),
    )
    still = ((counts.open, _("%(rows)s still open")),) if any(rows for rows, _words in known) else ()
    said = [words % {"rows": grouped(rows)} for rows, words in (*known, *still) if rows]
    return _("Since then: %(what)s") % {"what": ", ".join(said)} if said else ""
