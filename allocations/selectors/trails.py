"""The trail of one batch, newest first, a page at a time by event number."""

from dataclasses import dataclass

from allocations.models import Batch, TrailEntry

PAGE = 100


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Events; `older` is the event number to page from, None at the end."""

    entries: tuple[TrailEntry, ...]
    older: int | None


def trail_page(batch: Batch, *, before: int | None = None, size: int = PAGE) -> TrailPage:
    entries = TrailEntry.objects.filter(batch=batch).select_related("actor").order_by("-id")
    if before is not None:
        entries = entries.filter(id__lt=before)
    found = tuple(entries[: size + 1])
    return TrailPage(entries=found[:size], older=found[size - 1].pk if len(found) > size else None)
