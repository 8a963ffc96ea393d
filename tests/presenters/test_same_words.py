"""A page says before what the domain says when it refuses: in English word for word."""

import pytest

from allocations.domain.questions import against_open
from allocations.domain.repeats import Repeat, explained
from allocations.domain.samples import against_unopened
from allocations.presenters import votes
from allocations.presenters.repeats import repeated


@pytest.mark.parametrize("opened", [set(), {2}, {2, 1_234}, {2, 7, 1_234}, {9}])
def test_of_rows_that_are_not_opened(opened):
    assert votes.unopened({2, 7, 1_234}, opened) == against_unopened({2, 7, 1_234}, opened)


@pytest.mark.parametrize("count", [0, 1, 2, 1_234])
def test_of_open_questions(count):
    assert votes.unanswered(count) == against_open(count)


@pytest.mark.parametrize(
    ("equal", "rows", "other_rows", "points"),
    [(1, 1, 1, 1), (430, 430, 430, 206_000), (412, 430, 500, 1), (1, 2, 1, 2)],
)
def test_of_repeats(equal, rows, other_rows, points):
    one = Repeat(214, "Diwali 100 % 2026", equal, points, rows, other_rows, None)
    assert [line.sentence for line in repeated([one])] == [explained(one)]
