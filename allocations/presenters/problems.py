"""Problems by cause, in the words of the cards over the grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.accepting import Found, is_covered
from allocations.domain.causes import cause_label
from allocations.models import Acceptance
from allocations.presenters.numbers import grouped
from allocations.selectors.accepting import covered, warned
from allocations.selectors.review import Cause


@dataclass(frozen=True, slots=True)
class CauseCard:
    """`acceptance`: the last one of a warning, which counts only while `is_accepted`."""

    code: str
    label: str
    rows: int
    is_error: bool
    newest: int = 0
    acceptance: Acceptance | None = None
    is_accepted: bool = False


def cause_cards(causes: list[Cause], given: Mapping[str, Acceptance]) -> list[CauseCard]:
    """`given`: what was accepted, by code."""
    return [_card(one, given.get(one.code)) for one in causes]


def unaccepted(cards: Iterable[CauseCard]) -> list[Found]:
    return [Found(one.code, one.rows, one.newest) for one in cards if not (one.is_error or one.is_accepted)]


def not_accepted(missing: Sequence[Found]) -> str:
    """As domain.accepting says what keeps the list from being submitted, in the language of whoever reads the page; ""
    where every warning is accepted."""
    if not missing:
        return ""
    said = ngettext(
        "%(number)s kind of warning is not accepted yet: %(causes)s. Say why it is right, or change or leave out the "
        "rows.",
        "%(number)s kinds of warnings are not accepted yet: %(causes)s. Say why it is right, or change or leave out "
        "the rows.",
        len(missing),
    )
    return said % {"number": len(missing), "causes": ", ".join(map(_in_rows, missing))}


def _in_rows(found: Found) -> str:
    said = ngettext("“%(cause)s” in %(rows)s row", "“%(cause)s” in %(rows)s rows", found.rows)
    return said % {"cause": _(cause_label(found.code)), "rows": grouped(found.rows)}


def _card(one: Cause, acceptance: Acceptance | None) -> CauseCard:
    label = _(cause_label(one.code))
    if one.severity == "error":
        return CauseCard(one.code, label, one.rows, is_error=True)
    return CauseCard(
        one.code,
        label,
        one.rows,
        is_error=False,
        newest=one.newest,
        acceptance=acceptance,
        is_accepted=is_covered(warned(one), covered(acceptance)),
    )
