"""Columns that people chose before, by the header that they chose them for."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocations.models import Upload
from allocations.models.uploads import UploadState

# Only lists whose columns a person chose count here; those that map themselves need no memory.
LOOK_BACK = 500


@dataclass(frozen=True, slots=True)
class PastMapping:
    """Field -> column, 0 being the first, as chosen for the list of a batch."""

    batch_id: int
    columns: dict[str, int]


def past_mapping(header: Sequence[str]) -> PastMapping | None:
    """The newest choice for exactly these headers in this order, if the list could be read with it."""
    chosen = Upload.objects.filter(mapping_override__isnull=False, state=UploadState.READY).order_by("-id")
    texts = list(header)
    # Compared here: databases differ in how they compare JSON.
    for stored, batch_id, columns in chosen.values_list("header", "batch_id", "mapping_override")[:LOOK_BACK]:
        if columns and stored == texts:
            return PastMapping(batch_id, columns)
    return None
