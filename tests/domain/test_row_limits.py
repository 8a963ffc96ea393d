"""Which rows bring a person above the month's limit or give another amount, and in which words."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.days import IST, month_of
from allocations.domain.problems import Severity
from allocations.domain.row_limits import (
    GIVES_NOTHING,
    above_month,
    month_name,
    not_allowed,
    refusal,
    rows_above_month,
)
from allocations.domain.states import RowState

MOBILES = st.sampled_from(["", "9812345671", "9812345672", "9812345673"])
ROWS = st.lists(st.tuples(MOBILES, st.none() | st.integers(1, 500)), max_size=12).map(
    lambda rows: [(number, *row) for number, row in enumerate(rows, start=2)]
)
GIVEN = st.dictionaries(MOBILES.filter(bool), st.integers(0, 900))
LIMITS = st.integers(1, 1_500)


def numbers(rows, so_far, limit) -> set[int]:
    return {number for number, _ in rows_above_month(rows, given=so_far, limit=limit, month="November 2026")}


@given(ROWS, GIVEN, LIMITS)
def test_exactly_the_rows_of_people_above_the_limit_are_found(rows, so_far, limit) -> None:
    totals = Counter(so_far)
    for _, mobile, amount in rows:
        totals[mobile] += amount or 0
    beyond = {mobile for mobile, points in totals.items() if mobile and points > limit}
    assert numbers(rows, so_far, limit) == {number for number, mobile, amount in rows if mobile in beyond and amount}


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), GIVEN, LIMITS)
def test_the_order_of_rows_does_not_matter(both, so_far, limit) -> None:
    rows, mixed = both
    found = dict(rows_above_month(rows, given=so_far, limit=limit, month="November 2026"))
    assert dict(rows_above_month(mixed, given=so_far, limit=limit, month="November 2026")) == found


@given(ROWS, GIVEN, LIMITS)
def test_giving_at_most_what_a_row_says_keeps_the_limit(rows, so_far, limit) -> None:
    for number, problem in rows_above_month(rows, given=so_far, limit=limit, month="November 2026"):
        if "Give at most" in problem.message:
            room = int(problem.message.split("Give at most ")[1].split(" ")[0].replace(",", ""))
            mended = [(at, mobile, room if at == number else amount) for at, mobile, amount in rows]
            assert number not in numbers(mended, so_far, limit)


@pytest.mark.parametrize(
    ("own", "so_far", "said"),
    [
        (
            700,
            1_000,
            (
                "would bring this person to 1,700 points in November 2026: 1,000 given so far, 700 in this row. The "
                "limit is 1,500 a month. Give at most 500 here or leave the row out, or submit it in another month."
            ),
        ),
        (
            1_700,
            0,
            (
                "would bring this person to 1,700 points in November 2026: 0 given so far, 700 in this row, 1,000 in "
                "other rows of this list. The limit is 1,500 a month. Give at most 500 here or leave rows out."
            ),
        ),
        (
            700,
            1_500,
            (
                "would bring this person to 2,200 points in November 2026: 1,500 given so far, 700 in this row. The "
                "limit is 1,500 a month. Leave the row out, or submit it in another month."
            ),
        ),
        (
            2_400,
            100,
            (
                "would bring this person to 2,500 points in November 2026: 100 given so far, 700 in this row, 1,700 in "
                "other rows of this list. The limit is 1,500 a month. Leave rows out."
            ),
        ),
    ],
)
def test_a_row_above_the_month_says_what_was_found_and_what_to_do(own, so_far, said) -> None:
    problem = above_month(700, own=own, given=so_far, limit=1_500, month="November 2026")
    assert (problem.field, problem.found, problem.severity, problem.message) == ("amount", "700", Severity.ERROR, said)


@pytest.mark.parametrize(
    ("amount", "nearest"),
    [
        (499, "The nearest one is 500."),
        (501, "The nearest ones are 500 and 1,000."),
        (2_499, "The nearest ones are 1,000 and 2,500."),
        (2_501, "The nearest one is 2,500."),
    ],
)
def test_another_amount_names_the_nearest_allowed_ones(amount, nearest) -> None:
    problem = not_allowed(amount, (500, 1_000, 2_500))
    assert (problem.field, problem.severity, nearest in problem.message) == ("amount", Severity.ERROR, True)
    assert problem.found == str(amount)


def test_a_refusal_names_rows_and_counts_the_rest() -> None:
    found = [(1_204, not_allowed(7, (5,)))]
    said = "Row 1,204, column “Points”: 7 is not among"
    assert refusal(found, more=0).startswith(said)
    assert refusal(found, more=0).endswith("leave the row out.")
    assert refusal(found, more=1).endswith("leave the row out. 1 more row is beyond the approval policy.")
    assert refusal(found, more=1_000).endswith("1,000 more rows are beyond the approval policy.")


@pytest.mark.parametrize(
    ("at", "start", "end", "name"),
    [
        ((2026, 11, 11), (2026, 11), (2026, 12), "November 2026"),
        ((2026, 12, 31), (2026, 12), (2027, 1), "December 2026"),
        ((2028, 2, 29), (2028, 2), (2028, 3), "February 2028"),
        ((2027, 1, 1), (2027, 1), (2027, 2), "January 2027"),
    ],
)
def test_a_month_is_counted_in_india(at, start, end, name) -> None:
    noon = datetime(*at, 12, tzinfo=IST)
    assert month_of(noon) == (datetime(*start, 1, tzinfo=IST), datetime(*end, 1, tzinfo=IST))
    assert month_name(noon) == name


def test_the_last_evening_of_a_month_in_london_is_the_next_month_in_india() -> None:
    assert month_name(datetime(2026, 11, 30, 18, 29, tzinfo=UTC)) == "November 2026"
    assert month_name(datetime(2026, 11, 30, 18, 30, tzinfo=UTC)) == "December 2026"


def test_whatever_may_reach_the_person_counts_as_given() -> None:
    counts = frozenset(RowState) - GIVES_NOTHING
    assert counts == {
        RowState.PENDING,
        RowState.SENDING,
        RowState.CREDITED,
        RowState.UNKNOWN,
        RowState.CONFLICT,
        RowState.ANOMALY,
    }
