"""Other batches that give the same points, as the maker and the approver read of them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.repeats import Repeat
from allocations.presenters.numbers import grouped, points
from allocations.presenters.times import moment


@dataclass(frozen=True, slots=True)
class Repeated:
    """`code` is what an approver ticks."""

    code: str
    batch_id: int
    sentence: str
    when: str


def repeated(found: list[Repeat]) -> list[Repeated]:
    return [Repeated(one.code, one.batch_id, _explained(one), _when(one.ended_at)) for one in found]


def _explained(repeat: Repeat) -> str:
    """As domain.repeats says it where it refuses, in the language of whoever reads the page."""
    told = {
        "batch": repeat.batch_id,
        "purpose": repeat.purpose,
        "equal": grouped(repeat.equal),
        "rows": grouped(repeat.rows),
        "points": points(repeat.points),
    }
    if repeat.is_whole:
        said = ngettext(
            "The same people and points as batch %(batch)s, “%(purpose)s”: %(rows)s row, %(points)s in all.",
            "The same people and points as batch %(batch)s, “%(purpose)s”: %(rows)s rows, %(points)s in all.",
            repeat.rows,
        )
        return said % told
    said = _(
        "%(equal)s of %(rows)s rows equal batch %(batch)s, “%(purpose)s”: same people, same points, %(points)s in all."
    )
    return said % told


def _when(ended_at: datetime | None) -> str:
    return _("It is on its way.") if ended_at is None else _("Its run ended %(at)s.") % {"at": moment(ended_at)}
