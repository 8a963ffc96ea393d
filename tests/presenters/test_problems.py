import pytest

from allocations.presenters.problems import CauseCard, cause_cards, cause_label
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
    assert cause_cards(causes) == [
        CauseCard("name_missing", "Name missing", 3, is_error=True),
        CauseCard("mobile_made_up", "Mobile looks made up", 1, is_error=False),
    ]
