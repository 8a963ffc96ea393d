"""How many approvers a batch needs, which limits it breaks, and who may change that."""

from dataclasses import replace

import pytest

from allocations.domain import approval_policies as rules
from allocations.domain.approval_policies import Asked, Limit, Terms
from allocations.domain.approver_groups import LONGEST_NAME
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, Role

NOBODY, CEILINGS = Terms(), {"most_points_batch": 100_000_000, "most_points_row": 100_000}
FREE = CEILINGS | {"groups": ["Finance"]}

LAKHS = Terms(two_from_points=500_000, two_from_rows=1_000)


@pytest.mark.parametrize(
    ("terms", "points", "rows", "approvers", "why"),
    [
        (NOBODY, 10**9, 10**6, 1, "One approver: the policy never asks for a second one."),
        (
            LAKHS,
            499_999,
            999,
            1,
            "One approver: it stays below 5,00,000 points and 1,000 rows, from which the policy asks for two.",
        ),
        (
            LAKHS,
            500_000,
            999,
            2,
            "Two approvers: it gives 5,00,000 points, and from 5,00,000 on the policy asks for two.",
        ),
        (LAKHS, 1, 1_204, 2, "Two approvers: it has 1,204 rows, and from 1,000 on the policy asks for two."),
        (
            LAKHS,
            620_000,
            1_000,
            2,
            (
                "Two approvers: it gives 6,20,000 points, and from 5,00,000 on the policy asks for two; "
                "it has 1,000 rows, and from 1,000 on the policy asks for two."
            ),
        ),
        (
            Terms(two_from_rows=1),
            1,
            1,
            2,
            "Two approvers: it has 1 row, and from 1 on the policy asks for two.",
        ),
    ],
)
def test_points_and_rows_decide_how_many_approvers(terms, points, rows, approvers, why) -> None:
    assert rules.needed(terms, points=points, rows=rows) == rules.Needed(approvers, why)


@pytest.mark.parametrize(
    ("points", "group", "why"),
    [
        (
            499_999,
            "HR",
            (
                "One approver: it stays below 5,00,000 points and 1,000 rows, from which the policy asks for two. The "
                "approver must be of the group “HR”."
            ),
        ),
        (
            500_000,
            "Finance",
            (
                "Two approvers: it gives 5,00,000 points, and from 5,00,000 on the policy asks for two. One of them must "
                "be of the group “Finance”."
            ),
        ),
    ],
)
def test_a_policy_can_ask_for_somebody_of_a_group(points, group, why) -> None:
    terms = replace(LAKHS, one_of_group="HR", two_of_group="Finance")
    found = rules.needed(terms, points=points, rows=1)
    assert (found.group, found.why) == (group, why)


def test_the_longest_reason_fits_its_column() -> None:
    terms = Terms(rules.MOST, rules.MOST, two_of_group="x" * LONGEST_NAME)
    assert len(rules.needed(terms, points=rules.MOST, rows=rules.MOST).why) <= 300


@pytest.mark.parametrize(
    ("terms", "asked", "limits"),
    [
        (NOBODY, Asked(10**12, 10**9, 10**12), []),
        (Terms(most_points_batch=300), Asked(300, 100), []),
        (Terms(most_points_batch=300), Asked(301, 100), [Limit.BATCH]),
        (Terms(most_points_row=100), Asked(300, 100), []),
        (Terms(most_points_row=100), Asked(300, 101), [Limit.ROW]),
        (Terms(most_points_day=500), Asked(300, 100, 200), []),
        (Terms(most_points_day=500), Asked(300, 100, 201), [Limit.DAY]),
        (Terms(most_points_day=299), Asked(300, 100), [Limit.DAY]),
        (Terms(None, None, 1, 1, 1), Asked(2, 2), [Limit.BATCH, Limit.ROW, Limit.DAY]),
    ],
)
def test_limits_are_broken_by_more_than_they_say(terms, asked, limits) -> None:
    assert list(rules.broken(terms, asked)) == limits


def test_a_limit_says_what_to_do() -> None:
    said = rules.broken(Terms(None, None, 1_00_000, 2_00_000, 500), Asked(1_50_000, 700, 60_000))
    assert list(said.values()) == [
        "The list totals 1,50,000 points; the limit is 1,00,000. Split the list.",
        "A row gives 700 points; the limit is 500 a row. Correct the row or leave it out.",
        (
            "60,000 points from this account were approved today, and this batch gives 1,50,000; the limit is 2,00,000 a "
            "day (IST). Approve it on another day."
        ),
    ]
    alone = rules.broken(Terms(most_points_day=10), Asked(11, 1, 5))[Limit.DAY]
    assert alone == "The list totals 11 points; from one account 10 a day can be approved. Split the list."


@pytest.mark.parametrize(
    ("own", "expected"), [(None, (100_000_000, 100_000)), (50, (50, 50)), (10**9, (100_000_000, 100_000))]
)
def test_no_policy_lifts_the_ceilings_of_the_installation(own, expected) -> None:
    terms = Terms(most_points_batch=own, most_points_row=own).within(**CEILINGS)
    assert (terms.most_points_batch, terms.most_points_row) == expected


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(two_from_points=0), "^0 is no limit"),
        (Terms(most_points_day=10**15 + 1), "is no limit"),
        (Terms(most_points_batch=100_000_001), "^10,00,00,001 points for a batch is more than"),
        (Terms(most_points_row=100_001), "^1,00,001 points for a row is more than this installation allows: 1,00,000"),
        (Terms(most_points_person_month=0), "^0 is no limit"),
        (Terms(allowed_amounts=()), "^These are 0 allowed amounts; a policy names 1 to 50"),
        (Terms(allowed_amounts=tuple(range(1, 52))), "^These are 51 allowed amounts"),
        (Terms(allowed_amounts=(0, 5)), "^0 is no amount"),
        (Terms(allowed_amounts=(5, 3)), "not in ascending order"),
        (Terms(allowed_amounts=(5, 5)), "one of them stands twice"),
        (Terms(allowed_amounts=(5, 100_001)), "^1,00,001 is among the allowed amounts, and a row may give 1,00,000"),
        (Terms(most_points_row=9, allowed_amounts=(5, 10)), "^10 is among the allowed amounts, and a row may give 9 "),
        (Terms(one_of_group="HR"), "^There is no group of approvers “HR”"),
        (Terms(two_from_rows=8, two_of_group="finance"), "^There is no group of approvers “finance”"),
        (Terms(two_of_group="Finance"), "^The policy never asks for two approvers, so that one of two is of “Finance”"),
        (Terms(two_from_rows=9), "^These are the terms in force already"),
    ],
)
def test_terms_that_cannot_be_proposed(terms, said) -> None:
    with pytest.raises(InvalidInput, match=said):
        rules.check_terms(terms, now=Terms(two_from_rows=9), **FREE)


def test_terms_that_can() -> None:
    rules.check_terms(Terms(1, 1, 1, 1, 1), now=NOBODY, **FREE)
    rules.check_terms(Terms(1, 1, 1, 1, 1, 1, (1,)), now=NOBODY, **FREE)
    rules.check_terms(Terms(allowed_amounts=tuple(range(1, 51))), now=Terms(allowed_amounts=(1,)), **FREE)
    rules.check_terms(NOBODY, now=LAKHS, **FREE)
    rules.check_terms(Terms(one_of_group="Finance"), now=NOBODY, **FREE)
    rules.check_terms(Terms(two_from_points=1, two_of_group="Finance"), now=Terms(two_from_points=1), **FREE)


@pytest.mark.parametrize("note", ["", "x" * 501])
def test_a_change_says_why(note) -> None:
    with pytest.raises(InvalidInput, match=r"^Say why"):
        rules.check_note(note)
    rules.check_note("x" * 500)


@pytest.mark.parametrize("roles", [frozenset(), *(frozenset({role}) for role in Role)])
def test_an_owner_proposes_and_another_owner_or_approver_confirms(roles) -> None:
    who = Actor(1, "Asha", roles)
    may = bool(roles & {Role.OWNER, Role.APPROVER})
    assert rules.can_propose(who) == (Role.OWNER in roles)
    assert rules.can_decide_proposed(who) == may
    assert rules.can_confirm(who, proposed_by_id=2, by_an_owner=True) == may
    assert not rules.can_confirm(who, proposed_by_id=1, by_an_owner=True)
    assert not rules.can_confirm(who, proposed_by_id=2, by_an_owner=False)


def test_nothing_is_approved_under_an_older_policy() -> None:
    rules.check_in_force(3, 3)
    with pytest.raises(StateConflict, match=r"under approval policy 2, and policy 3 is in force now"):
        rules.check_in_force(2, 3)
