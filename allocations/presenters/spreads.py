"""How points spread over people, as a bar chart drawn by the server."""

from dataclasses import dataclass

from allocations.presenters.numbers import grouped
from allocations.selectors.approvals import Band


@dataclass(frozen=True, slots=True)
class Bar:
    """A band of the chart: label, figures, and its place on the drawing in pixels."""

    label: str
    people: int
    points: int
    top: int
    width: int

    @property
    def text_y(self) -> int:
        return self.top + 12

    @property
    def text_x(self) -> int:
        return BAR_X + self.width + 8


BAR_X = 112
_WIDEST, _STEP = 250, 28


def bars(bands: list[Band]) -> list[Bar]:
    """Bands as bars; a band with anybody in it is at least two pixels wide, so it is not mistaken for nobody."""
    most = max((band.people for band in bands), default=0) or 1
    return [
        Bar(
            label=_label(band),
            people=band.people,
            points=band.points,
            top=7 + _STEP * place,
            width=max(band.people * _WIDEST // most, 2 if band.people else 0),
        )
        for place, band in enumerate(bands)
    ]


def _label(band: Band) -> str:
    if band.up_to is None:
        return f"above {grouped(band.over)}"
    return f"{grouped(band.over + 1)} to {grouped(band.up_to)}" if band.over else f"up to {grouped(band.up_to)}"
