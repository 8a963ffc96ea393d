"""Looking transactions up by our references: the only way to learn what became of an unknown outcome."""

from collections.abc import Iterable, Mapping
from typing import Final

from allocations.enkash.fields import REFERENCE_KEYS, text
from allocations.enkash.paging import all_entries
from allocations.enkash.reading import Reader
from allocations.enkash.strict_json import Json

PATH: Final = "/transaction/all"
REFERENCES_PER_CALL: Final = 100


def look_up(reader: Reader, references: Iterable[str], *, filters: Mapping[str, str]) -> tuple[dict[str, Json], ...]:
    """Every entry EnKash shows for `references`. An absent one proves nothing: it may not be visible yet."""
    wanted = tuple(dict.fromkeys(references))
    found: list[dict[str, Json]] = []
    for start in range(0, len(wanted), REFERENCES_PER_CALL):
        asked = wanted[start : start + REFERENCES_PER_CALL]
        entries = all_entries(reader, PATH, {**filters, "pgReferenceNumbers": list(asked)})
        # A server that ignores the filter shows other people's entries as well, one that folds case our own ones so.
        mine = {reference.upper() for reference in asked}
        found += (entry for entry in entries if text(entry, *REFERENCE_KEYS).upper() in mine)
    return tuple(found)
