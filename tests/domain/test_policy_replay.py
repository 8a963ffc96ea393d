"""What a policy would have done with the batches of late."""

from datetime import date

import pytest

from allocations.domain.approval_policies import Limit, Terms
from allocations.domain.policy_replay import Past, Treated, replay


def test_the_past_is_played_again_in_its_order() -> None:
    day, other = date(2026, 11, 11), date(2026, 11, 12)
    past = [
        Past(1, 1, 400, 2, 200, day),
        Past(2, 1, 400, 2, 200, day),
        # What was refused before took nothing of the day.
        Past(3, 1, 100, 2, 50, day),
        Past(4, 2, 400, 2, 200, day),
        Past(5, 1, 400, 10, 40, other),
        Past(6, 1, 501, 2, 251, None),
    ]
    terms = Terms(two_from_rows=10, most_points_day=500, most_points_row=250)
    treated = replay(terms, past, given={(2, day): 101})
    assert treated == [
        Treated(1, 1, ()),
        Treated(2, 1, (Limit.DAY,)),
        Treated(3, 1, ()),
        Treated(4, 1, (Limit.DAY,)),
        Treated(5, 2, ()),
        Treated(6, 1, (Limit.ROW, Limit.DAY)),
    ]


def test_the_past_of_single_rows_is_played_again_by_person_and_month() -> None:
    november, december = date(2026, 11, 30), date(2026, 12, 1)
    past = [
        Past(1, 1, 400, 2, 300, november, {"a": 300, "b": 100}, frozenset({300, 100})),
        Past(2, 2, 300, 1, 300, november, {"a": 300}, frozenset({300})),
        # What was refused before took nothing of the month.
        Past(3, 1, 200, 1, 200, november, {"a": 200}, frozenset({200})),
        Past(4, 1, 500, 1, 500, december, {"a": 500}, frozenset({500})),
        Past(5, 1, 501, 1, 501, None, {"c": 501}, frozenset({501})),
        Past(6, 1, 501, 1, 501, december),
    ]
    treated = replay(Terms(most_points_person_month=500), past, given={})
    assert [one.refused for one in treated] == [(), (Limit.PERSON,), (), (), (Limit.PERSON,), ()]
    treated = replay(Terms(allowed_amounts=(100, 300, 501)), past, given={})
    assert [one.refused for one in treated] == [(), (), (Limit.AMOUNT,), (Limit.AMOUNT,), (), ()]


@pytest.mark.parametrize(
    ("rows", "approved_by", "expected"),
    [
        (1, {1}, (1, "HR", False)),
        (1, {2}, (1, "HR", True)),
        (9, {1, 2}, (2, "Finance", False)),
        (9, {1, 4}, (2, "Finance", True)),
        # Nobody has approved it yet.
        (9, set(), (2, "Finance", False)),
    ],
)
def test_whether_somebody_of_the_group_had_approved(rows, approved_by, expected) -> None:
    terms = Terms(two_from_rows=9, one_of_group="HR", two_of_group="Finance")
    past = [Past(1, 1, 400, rows, 50, None, approved_by=frozenset(approved_by))]
    members = {"HR": frozenset({1}), "Finance": frozenset({2, 3})}
    (treated,) = replay(terms, past, given={}, members=members)
    assert (treated.approvers, treated.group, treated.without) == expected
