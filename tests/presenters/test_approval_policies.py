from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from allocations.domain.approval_policies import Limit, Terms
from allocations.domain.policy_replay import Past, Treated
from allocations.models import ApprovalPolicy, Batch
from allocations.presenters import approval_policies as words

CEILINGS = {"most_points_batch": 1_00_000, "most_points_row": 1_000}
AT = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
ASHA, SUDHA = User(pk=1, username="asha"), User(pk=2, username="sudha")


def policy(**fields) -> ApprovalPolicy:
    return ApprovalPolicy(pk=1, proposed_by=ASHA, proposed_at=AT, note="More eyes.", **fields)


@pytest.mark.parametrize(
    ("terms", "values"),
    [
        (
            Terms(),
            [
                *("never", "never", "1,00,000 points, as installed", "no limit", "1,000 points, as installed"),
                *("no limit", "any", "any approver", "any approver"),
            ],
        ),
        (
            Terms(5_00_000, 1, 500, 1_00_00_000, 1, 10_000, (50, 1_000), "HR", "Finance"),
            [
                *("5,00,000 points", "1 row", "500 points", "1,00,00,000 points", "1 point"),
                *("10,000 points", "50, 1,000 points", "HR", "Finance"),
            ],
        ),
        (
            Terms(most_points_row=2_000),
            [
                *("never", "never", "1,00,000 points, as installed", "no limit"),
                *("1,000 points, as installed (the policy says 2,000 points)", "no limit", "any"),
                *("any approver", "any approver"),
            ],
        ),
    ],
)
def test_terms_in_words(terms, values):
    assert [line.now for line in words.term_lines(terms, ceilings=CEILINGS)] == values


def test_terms_as_typed_again():
    typed = words.typed(Terms(most_points_person_month=10_000, allowed_amounts=(500, 1_000, 25_000)))
    assert (typed["most_points_person_month"], typed["allowed_amounts"]) == ("10,000", "500, 1000, 25000")
    assert words.typed(Terms())["allowed_amounts"] == ""


def test_terms_side_by_side():
    lines = words.term_lines(Terms(two_from_rows=5), Terms(two_from_rows=6), ceilings=CEILINGS)
    assert [(line.proposed, line.differs) for line in lines][:2] == [("never", False), ("6 rows", True)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"state": "confirmed", "number": 2, "decided_by": SUDHA, "decided_at": AT},
            (
                "Policy 2: in force from 11 Nov 2026, 14:05 IST, when sudha confirmed it. asha proposed it, "
                "11 Nov 2026, 14:05 IST: “More eyes.”"
            ),
        ),
        (
            {"state": "refused", "decided_by": SUDHA},
            "asha proposed another policy (“More eyes.”), and sudha rejected it.",
        ),
        ({"state": "withdrawn"}, "asha proposed another policy (“More eyes.”), and it was withdrawn."),
        ({"state": "open"}, "asha proposed another policy (“More eyes.”); nobody decided yet."),
    ],
)
def test_a_policy_as_a_line(fields, said):
    assert words.history_line(policy(**fields)) == said


@pytest.mark.parametrize(
    ("terms", "approvers", "void", "said"),
    [
        (Terms(most_points_day=1), 1, (0, 0), []),
        (Terms(two_from_rows=1), 2, (0, 0), []),
        (Terms(two_from_rows=1), 0, (0, 0), ["Only 0 people are approver now: nobody could approve second."]),
        (
            Terms(),
            1,
            (2, 1),
            [
                "2 batches wait for approval under policy 3: the maker withdraws and submits again.",
                (
                    "1 approved run has not begun: approvals under policy 3 would count no more, and the runs pause before "
                    "anything is sent."
                ),
            ],
        ),
        (Terms(two_from_rows=1, one_of_group="HR", two_of_group="HR"), 2, (0, 0), []),
        (
            Terms(two_from_rows=1, one_of_group="Sales", two_of_group="Finance"),
            2,
            (0, 0),
            [
                "Nobody is in the group “Sales” now: nothing that asks for it could be approved.",
                "Only 1 person is in the group “Finance” now: what they make themselves nobody could approve.",
            ],
        ),
    ],
)
def test_what_follows_at_once(terms, approvers, void, said):
    members = {"HR": 2, "Finance": 1, "Sales": 0}
    assert words.warnings(terms, approvers=approvers, number=3, void=void, members=members) == said


def test_what_groups_would_have_asked_for():
    batches = {3: Batch(pk=3, approvers=2, approvers_group="Finance"), 2: Batch(pk=2), 1: Batch(pk=1)}
    past = [Past(pk, 1, 100, 5, 50, None) for pk in (1, 2, 3)]
    treated = [Treated(1, 1, (Limit.BATCH,), "HR", True), Treated(2, 1, (), "HR", True), Treated(3, 2, (), "Finance")]
    found = words.what_if(batches, past, treated, terms=Terms())
    assert found.sentence.endswith(
        "by the points of a batch. 2 would have needed an approver of a group; 1 was approved by nobody of it."
    )
    assert [(line.now, line.then, line.differs) for line in found.lines] == [
        ("2 approvers, one of “Finance”", "2 approvers, one of “Finance”", False),
        ("1 approver", "1 approver, of “HR”, and nobody of it approved", True),
        ("1 approver", "refused: points of a batch", True),
    ]


def test_what_would_have_been_in_one_sentence_and_by_batch():
    batches = {9: Batch(pk=9, approvers=2), 8: Batch(pk=8), 7: Batch(pk=7)}
    past = [Past(pk, 1, 100, 5, 50, None) for pk in (7, 8, 9)]
    treated = [Treated(7, 1, (Limit.BATCH, Limit.DAY)), Treated(8, 2, ()), Treated(9, 2, ())]
    found = words.what_if(batches, past, treated, terms=Terms())
    assert found.sentence == (
        "Of the last 3 batches, 2 would have needed two approvers (1 did), and 1 would have been refused: "
        "1 by the points of a batch, 1 by the points of a day."
    )
    assert [(line.batch.pk, line.now, line.then, line.differs) for line in found.lines] == [
        (9, "2 approvers", "2 approvers", False),
        (8, "1 approver", "2 approvers", True),
        (7, "1 approver", "refused: points of a batch, points of a day", True),
    ]


def test_what_the_comparison_of_single_rows_leaves_out_is_said():
    batches = {8: Batch(pk=8), 7: Batch(pk=7)}
    past = [Past(7, 1, 100, 5, 50, None), Past(8, 1, 100, 5, 50, None, {}, frozenset())]
    treated = [Treated(7, 1, ()), Treated(8, 1, (Limit.PERSON, Limit.AMOUNT))]
    found = words.what_if(batches, past, treated, terms=Terms(most_points_person_month=1))
    assert found.sentence == (
        "Of the last 2 batches, 0 would have needed two approvers (0 did), and 1 would have been refused: "
        "1 by the points of a person, 1 by the amounts of its rows. A person's month is counted over these batches "
        "alone. 1 long batch was not looked at row by row."
    )


def test_without_a_batch_there_is_nothing_to_compare_with():
    assert (
        words.what_if({}, [], [], terms=Terms(allowed_amounts=(5,))).sentence
        == "No batch was submitted yet, so there is nothing to compare with."
    )
