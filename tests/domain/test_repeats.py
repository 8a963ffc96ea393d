from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from allocations.domain.repeats import (
    ContentRoot,
    Repeat,
    RepeatRefused,
    against_repeating,
    check_repeats,
    explained,
    is_notable,
)

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PEOPLE = (("9876500001", 500), ("9876500002", 500), ("9876500001", 500), ("9876500003", 20))


def repeat(*, equal: int = 430, rows: int = 430, other_rows: int = 430, days: float | None = None) -> Repeat:
    """Ended so many days ago; None: on its way."""
    ended_at = None if days is None else NOW - timedelta(days=days)
    return Repeat(214, "Diwali 2026", equal, 206_000, rows, other_rows, ended_at)


def root(people, *, key: bytes = b"k" * 32) -> str:
    content = ContentRoot(key=key)
    for mobile, amount in people:
        content.add(mobile, amount)
    return content.hexdigest()


def test_content_has_one_root_in_every_order() -> None:
    assert {root(order) for order in permutations(PEOPLE)} == {root(PEOPLE)}
    assert len(root(PEOPLE)) == 64
    assert root(PEOPLE) != root(PEOPLE, key=b"l" * 32)


@pytest.mark.parametrize("other", [PEOPLE[1:], (*PEOPLE[:3], ("9876500003", 21)), (*PEOPLE, PEOPLE[0]), ()])
def test_other_content_has_another_root(other) -> None:
    assert root(other) != root(PEOPLE)


@pytest.mark.parametrize(
    ("equal", "rows", "expected"), [(0, 0, False), (0, 5, False), (2, 5, False), (3, 6, True), (6, 6, True)]
)
def test_every_second_row_is_notable(equal: int, rows: int, *, expected: bool) -> None:
    assert is_notable(repeat(equal=equal, rows=rows)) is expected


def test_explained_counts_what_is_equal() -> None:
    assert explained(repeat(equal=412)) == (
        "412 of 430 rows equal batch 214, “Diwali 2026”: same people, same points, 2,06,000 points in all."
    )
    whole = "The same people and points as batch 214, “Diwali 2026”"
    assert explained(repeat()) == f"{whole}: 430 rows, 2,06,000 points in all."
    one = Repeat(214, "Diwali 2026", 1, 1, 1, 1, None)
    assert explained(one) == f"{whole}: 1 row, 1 point in all."


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], ""),
        ([repeat(equal=429)], ""),
        ([repeat(other_rows=431)], ""),
        ([repeat(days=20)], ""),
        ([repeat(equal=1), repeat()], "That batch is on its way"),
        ([repeat(days=19.9)], "Its run ended 19 days ago; the same list can be submitted again after 20 days."),
        ([repeat(days=1)], "Its run ended 1 day ago"),
    ],
)
def test_the_whole_of_another_batch_waits(found: list[Repeat], expected: str) -> None:
    said = against_repeating(found, now=NOW, days=20)
    assert expected in said
    assert bool(said) is bool(expected)


@pytest.mark.parametrize(
    ("found", "shown", "reason", "expected"),
    [
        ([], (), "", ""),
        ([repeat(equal=412)], (214,), "They work two shifts", ""),
        ([repeat(days=20)], (214,), "As every month", ""),
        ([repeat(equal=412)], (214,), "", "Say on the page of the list why"),
        ([repeat(equal=412)], (213,), "They work two shifts", "The page did not show that yet"),
        ([repeat()], (214,), "They work two shifts", "is on its way"),
    ],
)
def test_a_repeat_is_seen_and_given_a_reason(found, shown, reason: str, expected: str) -> None:
    refused = pytest.raises(RepeatRefused, match=expected) if expected else nullcontext()
    with refused as caught:
        check_repeats(found, shown=shown, reason=reason, now=NOW, days=20)
    assert caught is None or caught.value.found == found
