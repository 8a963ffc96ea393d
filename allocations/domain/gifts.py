"""How near what one person got in a financial year is to the year's gift limit, at one rupee a point.

What counts: points credited in the year, less points known to be taken back in it, over all batches and accounts. What
is pending, unknown or disputed does not count; it is not given.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from allocations.domain.days import IST

# From this share of the limit on a person is worth a look before the next list.
NEAR_PERCENT = 80


class Standing(StrEnum):
    ABOVE = "above"
    NEAR = "near"
    BELOW = "below"


def financial_year(at: datetime) -> int:
    """The year in whose April it begins, in India: 2026 for all of April 2026 to March 2027."""
    local = at.astimezone(IST)
    return local.year - (local.month < 4)


def near_from(limit: int) -> Decimal:
    """Net points from which a person is near the limit."""
    return Decimal(limit) * NEAR_PERCENT / 100


def standing(net: Decimal, *, limit: int) -> Standing:
    """What is exactly the limit is not above it. Without a limit (0) nobody is near or above."""
    if not limit or net < near_from(limit):
        return Standing.BELOW
    return Standing.ABOVE if net > limit else Standing.NEAR


def percent(net: Decimal, *, limit: int) -> int:
    """Of the limit, rounded down: 100 % is reached, never nearly reached."""
    return int(net * 100 // limit) if limit else 0
