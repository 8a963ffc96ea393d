from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.chunking import Planned, plan, set_apart

PEOPLE = st.tuples(
    st.sampled_from(["", "1", "2", "3", "4"]), st.sampled_from(["", "a@x.in", "A@x.in", "b@x.in", "c@x.in"])
)
ROWS = st.lists(PEOPLE, max_size=30).map(lambda people: [Planned(at, *who) for at, who in enumerate(people)])
SIZES = st.integers(1, 7)


def first_fit(rows: list[Planned], size: int) -> list[list[int]]:
    """The rule itself, without any memory of where to begin."""
    chunks: list[list[Planned]] = []
    for row in rows:
        fits = (chunk for chunk in chunks if len(chunk) < size and not any(meets(row, other) for other in chunk))
        chunk = next(fits, None)
        if chunk is None:
            chunks.append(chunk := [])
        chunk.append(row)
    return [[row.row_id for row in chunk] for chunk in chunks]


def meets(one: Planned, other: Planned) -> bool:
    same_email = one.email.casefold() == other.email.casefold() != ""
    return same_email or one.mobile == other.mobile != ""


@given(ROWS, SIZES)
def test_plan_is_first_fit_in_file_order(rows, size) -> None:
    assert plan(rows, size=size) == first_fit(rows, size)


@given(ROWS, SIZES)
def test_plan_keeps_every_row_once(rows, size) -> None:
    assert Counter(row_id for chunk in plan(rows, size=size) for row_id in chunk) == Counter(row.row_id for row in rows)


@given(ROWS, SIZES)
def test_plan_has_a_person_once_in_a_chunk(rows, size) -> None:
    for chunk in plan(rows, size=size):
        mobiles = [rows[at].mobile for at in chunk if rows[at].mobile]
        emails = [rows[at].email.casefold() for at in chunk if rows[at].email]
        assert len(chunk) <= size
        assert (len(set(mobiles)), len(set(emails))) == (len(mobiles), len(emails))


def test_plan_of_distinct_people_has_no_chunk_too_many() -> None:
    rows = [Planned(at, str(at), f"{at}@x.in") for at in range(101)]
    assert [len(chunk) for chunk in plan(rows, size=50)] == [50, 50, 1]


def test_plan_of_one_person_repeated_has_as_many_chunks_as_repetitions() -> None:
    rows = [Planned(at, "1" if at % 4 == 0 else f"m{at}", "") for at in range(40)]
    assert len(plan(rows, size=8)) == 10


def test_plan_of_nothing_is_empty() -> None:
    assert plan([], size=50) == []


def test_plan_copes_with_a_large_list_that_names_one_person_500_times() -> None:
    rows = [Planned(at, "1" if at % 200 == 0 else f"m{at}", f"{at}@x.in") for at in range(100_000)]
    chunks = plan(rows, size=50)
    assert (len(chunks), sum(map(len, chunks))) == (2000, 100_000)


def test_plan_copes_with_a_list_that_names_only_one_person() -> None:
    assert len(plan([Planned(at, "1", "a@x.in") for at in range(50_000)], size=50)) == 50_000


@given(ROWS, SIZES)
def test_set_apart_takes_the_first_different_people_and_loses_nobody(rows, count) -> None:
    taken, rest = set_apart(iter(rows), count=count)
    left = list(rest)
    assert sorted([*taken, *(row.row_id for row in left)]) == [row.row_id for row in rows]
    assert [row.row_id for row in left] == sorted(row.row_id for row in left)
    assert taken == next(iter(first_fit(rows, count)), [])
