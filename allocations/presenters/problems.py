"""Problems by cause, in the words of the cards over the grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allocations.domain.accepting import Found, is_covered
from allocations.domain.causes import cause_label
from allocations.models import Acceptance
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


def _card(one: Cause, acceptance: Acceptance | None) -> CauseCard:
    if one.severity == "error":
        return CauseCard(one.code, cause_label(one.code), one.rows, is_error=True)
    return CauseCard(
        one.code,
        cause_label(one.code),
        one.rows,
        is_error=False,
        newest=one.newest,
        acceptance=acceptance,
        is_accepted=is_covered(warned(one), covered(acceptance)),
    )
