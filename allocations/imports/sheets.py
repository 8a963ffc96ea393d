"""A list opened for reading, wherever it came from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from allocations.domain.cells import Cell

BLOCK = 5_000
HEAD = 12

Record = Sequence[Cell]


@dataclass(slots=True)
class Sheet:
    """`head` holds the first records, the header first; `blocks` yields every record after the header, once.

    Row numbers are those that a spreadsheet shows: the header is 1, and each record counts one, a blank one and one
    with a line break inside a cell too. The `sep=` line that Excel hides counts nothing.
    """

    head: list[Record]
    blocks: Iterator[Sequence[Record]]
    rows_total: int | None = None
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    # Ends whatever still reads, however far the blocks were taken.
    close: Callable[[], None] = lambda: None
