"""How much of a bulk call is really done, whatever is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Stage(StrEnum):
    """When the work happens, seen from the answer."""

    NONE = "none"
    HALF = "half"
    ALL = "all"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """half: only the first half of the rows is handled. wall: rows from this index on find no money.

    exists: rows whose reference is said to be known though it is not. added: points credited beyond those asked
    for, by index.
    """

    half: bool = False
    wall: int | None = None
    exists: frozenset[int] = frozenset()
    added: Mapping[int, Decimal] = field(default_factory=dict)
