"""A payload that may be one object, a list, or a page with `data`: EnKash uses all three, even on one path."""

from dataclasses import dataclass

from allocations.enkash.fields import count
from allocations.enkash.strict_json import Json


@dataclass(frozen=True, slots=True)
class Page:
    """Objects of one answer; `total` is how many there are over all pages, if the answer says."""

    entries: tuple[dict[str, Json], ...]
    total: int | None


def read_page(payload: Json) -> Page | None:
    """The objects in a payload, none for null; None if the payload has another shape."""
    if payload is None:
        return Page((), 0)
    if isinstance(payload, list):
        return _page(payload, total=None)
    if not isinstance(payload, dict):
        return None
    if "data" in payload:
        return _page(payload["data"], total=count(payload, "recordscount"))
    return Page((payload,) if payload else (), None)


def _page(found: Json, *, total: int | None) -> Page | None:
    if found is None:
        return Page((), total)
    if not isinstance(found, list):
        return None
    entries = tuple(entry for entry in found if isinstance(entry, dict))
    return Page(entries, total) if len(entries) == len(found) else None
