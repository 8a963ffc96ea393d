import pytest

from allocations.domain.accepting import Found, against_unaccepted
from allocations.domain.causes import cause_label
from allocations.models import Acceptance
from allocations.presenters.problems import CauseCard, cause_cards, not_accepted, unaccepted
from allocations.selectors.review import Cause


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("mobile_damaged_by_excel", "Mobile damaged by Excel"),
        ("amount_fraction", "Points not a whole number"),
        ("name_missing", "Name missing"),
        ("something_new", "Something new"),
    ],
)
def test_cause_label_is_words(code, label):
    assert cause_label(code) == label


def test_cause_cards_tell_errors_from_warnings():
    causes = [Cause("name_missing", "error", 3, 5), Cause("mobile_made_up", "warning", 1, 9)]
    assert cause_cards(causes, {}) == [
        CauseCard("name_missing", "Name missing", 3, is_error=True),
        CauseCard("mobile_made_up", "Mobile looks made up", 1, is_error=False),
    ]


@pytest.mark.parametrize(("newest", "is_accepted"), [(7, True), (8, True), (6, False)])
def test_a_card_knows_whether_what_was_accepted_still_counts(newest, is_accepted):
    given = Acceptance(code="mobile_made_up", newest=newest, reason="Checked")
    cards = cause_cards([Cause("mobile_made_up", "warning", 1, 9, 7)], {"mobile_made_up": given})
    assert (cards[0].acceptance, cards[0].is_accepted) == (given, is_accepted)
    assert unaccepted(cards) == ([] if is_accepted else [Found("mobile_made_up", 1, 7)])


@pytest.mark.parametrize("rows", [(), (1,), (1_204,), (2, 1)])
def test_a_page_says_what_the_domain_says_of_warnings_that_are_not_accepted(rows):
    missing = [Found(code, number, 7) for code, number in zip(("mobile_made_up", "markup"), rows, strict=False)]
    assert not_accepted(missing) == against_unaccepted(missing)
