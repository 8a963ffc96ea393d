import pytest

from allocations.domain.outcomes import Evidence, Reason
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS, NOTHING, Explanation, evidence_words, explain


def test_every_reason_and_every_evidence_has_words():
    assert set(EXPLANATIONS) == set(Reason)
    assert set(EVIDENCE) == set(Evidence)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_explanation_says_what_happened_and_what_to_do(reason):
    explained = explain(reason.value)
    assert explained.words.endswith(".")
    assert explained.next_step.endswith(".")


def test_explain_a_known_code():
    assert explain("insufficient_balance") == Explanation(
        "The reward account did not hold enough points.", "Top up the account at EnKash, then re-run."
    )


def test_advice_for_a_refused_row_warns_of_a_new_list_and_a_re_run_together():
    """A re-run cannot correct a row, and it takes every failed row of its batch."""
    step = explain("other").next_step
    assert "as it was approved" in step
    assert "could get points twice" in step


def test_explain_an_unknown_code_leaves_enkashs_text_alone():
    assert explain("something new") == NOTHING
    assert evidence_words("something new") == ""


def test_evidence_words_of_a_look_up():
    assert evidence_words("look_up") == "A look-up at EnKash, by our reference"


def test_words_that_files_take_are_plain_texts_in_english():
    taken = [*EVIDENCE.values(), *(text for one in EXPLANATIONS.values() for text in (one.words, one.next_step))]
    assert {type(text) for text in taken} == {str}
