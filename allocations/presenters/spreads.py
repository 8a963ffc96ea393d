"""How points spread over people, as a bar chart drawn by the server."""

from dataclasses import dataclass

from allocations.presenters.bars import Place, places
from allocations.presenters.numbers import grouped
from allocations.selectors.approvals import Band


@dataclass(frozen=True, slots=True)
class Bar:
    """A band of the chart: label, figures, and its place on the drawing."""

    label: str
    people: int
    points: int
    place: Place


def bars(bands: list[Band]) -> list[Bar]:
    found = zip(bands, places([band.people for band in bands]), strict=True)
    return [Bar(_label(band), band.people, band.points, place) for band, place in found]


def _label(band: Band) -> str:
    if band.up_to is None:
        return f"above {grouped(band.over)}"
    return f"{grouped(band.over + 1)} to {grouped(band.up_to)}" if band.over else f"up to {grouped(band.up_to)}"
