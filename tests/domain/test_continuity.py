"""V17: consecutive balances of an answer differ by what was credited."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.continuity import balance_notes
from tests.domain.bulk_lines import credit


def lines(*pairs: tuple[int | None, int | None]):
    return [
        credit(
            number,
            account_balance=None if balance is None else Decimal(balance),
            amount=None if amount is None else Decimal(amount),
        )
        for number, (balance, amount) in enumerate(pairs, start=1)
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(900, 100)],
        [(900, 100), (700, 200), (650, 50)],
        [(650, 50), (900, 100), (700, 200)],
        [(900, 100), (None, 200), (100, 50)],
        [(900, 100), (500, None)],
    ],
    ids=["nothing", "one", "in order", "in any order", "a balance is missing", "an amount is missing"],
)
def test_nothing_is_noted(pairs) -> None:
    assert balance_notes(lines(*pairs)) == ()


@pytest.mark.parametrize(
    ("pairs", "steps", "net"),
    [
        ([(900, 100), (650, 200)], "1 of 1", "50"),
        ([(900, 100), (800, 200)], "1 of 1", "-100"),
        ([(900, 100), (900, 100)], "1 of 1", "-100"),
        ([(900, 100), (690, 200), (650, 50)], "2 of 2", "0"),
    ],
    ids=["spent elsewhere", "topped up", "no step", "both"],
)
def test_other_movements_are_noted(pairs, steps, net) -> None:
    (note,) = balance_notes(lines(*pairs))
    assert f"{steps} steps differ, {net} points in all" in note


@given(amounts=st.lists(st.integers(1, 10**6), max_size=30), opening=st.integers(0, 10**9), seed=st.integers())
def test_what_only_credits_moved_follows(amounts, opening, seed) -> None:
    balance, pairs = opening + sum(amounts), []
    for amount in amounts:
        balance -= amount
        pairs.append((balance, amount))
    Random(seed).shuffle(pairs)
    assert balance_notes(lines(*pairs)) == ()
