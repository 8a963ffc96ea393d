"""Before a replacement goes on: is the row that it replaces still one that EnKash gave nothing for?"""

from allocations.domain.errors import StateConflict
from allocations.domain.numerals import grouped
from allocations.selectors.replacements import credited_predecessor


def against_replacing(batch_id: int) -> str:
    """The sentence that keeps a replacement batch from going on; "" where nothing does."""
    late = credited_predecessor(batch_id)
    if late is None:
        return ""
    new, old = late.row, late.replaces
    return (
        f"Row {grouped(new.number)} replaces row {grouped(old.number)} of batch {old.batch_id}, "
        f"which is “{old.state}” by now: its person could get points twice."
    )


def check_predecessors(batch_id: int) -> None:
    if sentence := against_replacing(batch_id):
        raise StateConflict(sentence)
