"""How points spread over people, as a bar chart drawn by the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allocations.domain.spreads import Band
from allocations.presenters.bars import Place, places
from allocations.presenters.numbers import grouped


@dataclass(frozen=True, slots=True)
class Bar:
    """A band of the chart: label, figures, and its place on the drawing."""

    label: str
    people: int
    points: int
    place: Place


def bars(bands: Sequence[Band]) -> list[Bar]:
    found = zip(bands, places([band.people for band in bands]), strict=True)
    return [Bar(_label(band), band.people, band.points, place) for band, place in found]


def _label(band: Band) -> str:
    if band.up_to is None:
        return _("above %(over)s") % {"over": grouped(band.over)}
    if not band.over:
        return _("up to %(up_to)s") % {"up_to": grouped(band.up_to)}
    return _("%(first)s to %(up_to)s") % {"first": grouped(band.over + 1), "up_to": grouped(band.up_to)}
