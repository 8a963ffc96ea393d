"""Whether the balances that an answer tells follow from its own credits."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from allocations.domain.answers import CreditLine


def balance_notes(credits_: Sequence[CreditLine]) -> tuple[str, ...]:
    """A note for the attempt if, between two credits, the account's balance moved by other than the second's points.

    The lines come in no order that is told; each credit lowers the balance, so the balances order them. Advisory: the
    account may be used elsewhere. Nothing is said of an answer that leaves out a balance or an amount.
    """
    told = [(line.account_balance, line.amount) for line in credits_]
    known = sorted(
        ((balance, amount) for balance, amount in told if balance is not None and amount is not None), reverse=True
    )
    if len(known) < len(told):
        return ()
    gaps = [before - after - amount for (before, _), (after, amount) in pairwise(known)]
    off = sum(gap != 0 for gap in gaps)
    if not off:
        return ()
    net = sum(gaps, Decimal(0)).normalize()
    differ = f"{off} of {len(gaps)} steps differ, {net:f} points in all"
    return (f"The account's balance does not follow from these credits: {differ}. Something else moved points.",)
