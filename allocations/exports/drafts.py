"""A file while rows are written into it."""

import tempfile
from dataclasses import dataclass, field
from typing import BinaryIO

from allocations.exports.tallies import Tally


@dataclass(frozen=True, slots=True)
class Draft:
    """`tally` counts what is written, also for somebody who only watches. `folder`: where a workbook keeps what is not
    packed yet, None for the folder of temporary files."""

    file: BinaryIO
    tally: Tally = field(default_factory=Tally)
    folder: str | None = None


def temporary() -> Draft:
    """Whoever closes it deletes it."""
    return Draft(tempfile.TemporaryFile())
