"""What an export says of itself: who, when, which batch, which rows, and how they add up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from allocations.domain.manifest import short_code
from allocations.domain.policy import Actor
from allocations.exports.cells import Cell, ist, points
from allocations.exports.tallies import FILTERS, Tally
from allocations.models import Batch

_CONNECTIONS = {
    "simulator": "simulator: demo data, no real points",
    "uat": "test system of EnKash: no real points",
    "live": "live",
}
_MASKED = "Mobiles and e-mail addresses are masked. Payload hashes are left out: they would give them away."


@dataclass(frozen=True, slots=True)
class Export:
    """The circumstances of one export. `outcome`: the filter's word, "" for all rows."""

    batch: Batch
    actor: Actor
    at: datetime
    outcome: str
    masked: bool


def connection() -> str:
    """Which EnKash the figures are of."""
    return _CONNECTIONS[settings.ENKASH_ENVIRONMENT]


def about(export: Export, tally: Tally) -> Iterator[Sequence[Cell]]:
    """The lines of the sheet "About"."""
    batch = export.batch
    yield from (
        ("Batch", batch.pk),
        ("Purpose", batch.purpose),
        ("Reward account", batch.account.name),
        ("EnKash connection", connection()),
        ("Version", batch.version),
        ("Digest code", short_code(batch.digest) if batch.digest else "not submitted"),
        ("Digest (SHA-256)", batch.digest),
        ("Exported by", export.actor.name),
        ("Exported at (IST)", ist(export.at)),
        ("Rows in this file", f"only “{export.outcome}”" if export.outcome else "all"),
        ("Personal data", _MASKED if export.masked else "in full"),
        ("",),
        ("Outcome", "Rows", "Points as in the list"),
    )
    for word in FILTERS:
        if not export.outcome or word == export.outcome:
            yield word, tally.rows_of(word), tally.points_of(word)
    yield "Total", tally.row_count, tally.points.total()
    yield "Points credited", "", points(tally.credited)
    yield "Points taken back", "", points(tally.taken_back)
    yield "Points net", "", points(tally.net)
    yield ("",)
    yield (_UNDECIDED,)


_UNDECIDED = "“unknown” and “conflict” are neither credited nor failed: nobody knows yet, or people have to decide."
