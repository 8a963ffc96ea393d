"""Who hears every complete answer to a call that only reads, before anybody reads it. It may not raise.

Answers to calls that move points are not told here: they are stored before anybody looks at them.
"""

from collections.abc import Callable

from allocations.enkash.contract.shapes import Call
from allocations.enkash.transport import RawAnswer

Hear = Callable[[Call, RawAnswer], None]


def nobody(_call: Call, _raw: RawAnswer) -> None:
    """Nobody listens."""
