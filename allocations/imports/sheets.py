"""A list opened for reading, wherever it came from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from allocations.domain.cells import Cell
from allocations.domain.readings import Question

BLOCK = 5_000
HEAD = 12

Record = Sequence[Cell]


@dataclass(slots=True)
class Sheet:
    """`head` holds the first records, the header first; `blocks` yields every record after the header, once.

    Row numbers are those that a spreadsheet shows: each record counts one, a blank one and one with a line break
    inside a cell too. The `sep=` line that Excel hides counts nothing. Hidden rows go by these numbers, hidden
    columns by their position (0 is A).
    """

    head: list[Record]
    blocks: Iterator[Sequence[Record]]
    rows_total: int | None = None
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    header_row: int = 1
    name: str = ""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    # Some cells may show a number in scientific notation.
    shows_shortened: bool = False
    # The workbook has the template's guide.
    from_template: bool = False
    encoding: str = ""
    delimiter: str = ""
    # Ends whatever still reads, however far the blocks were taken.
    close: Callable[[], None] = lambda: None
