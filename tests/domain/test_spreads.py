"""What approvers read of all rows, counted in one pass, beside the same read from the whole list at once."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from allocations.domain.samples import LARGEST
from allocations.domain.spreads import BAND_TOPS, Spread, SpreadCount

EDGES = [edge + step for edge in (0, *BAND_TOPS) for step in (0, 1)]
AMOUNTS = st.lists(st.one_of(st.sampled_from(EDGES), st.integers(0, 10**9)), max_size=30)


def counted(amounts: list[int]) -> Spread:
    count = SpreadCount()
    for number, amount in enumerate(amounts, start=1):
        count.add(number, amount)
    return count.spread()


@given(AMOUNTS)
@example([7] * (LARGEST + 3))
def test_the_largest_are_those_of_the_sorted_list(amounts) -> None:
    in_order = sorted(enumerate(amounts, start=1), key=lambda row: (-row[1], row[0]))
    assert counted(amounts).largest == tuple(number for number, _ in in_order[:LARGEST])


@given(AMOUNTS)
def test_every_row_is_in_its_band(amounts) -> None:
    for band in counted(amounts).bands:
        within = [
            amount
            for amount in amounts
            if (band.over < amount or not band.over) and (band.up_to is None or amount <= band.up_to)
        ]
        assert (band.people, band.points) == (len(within), sum(within))


@given(AMOUNTS)
def test_what_is_stored_is_read_again(amounts) -> None:
    spread = counted(amounts)
    assert Spread.of_stored(json.loads(json.dumps(spread.stored()))) == spread
