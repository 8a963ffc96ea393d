import pytest

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.revealing import LONGEST, WORDS, Cause, check_not_too_many, check_reason


def test_every_cause_has_words():
    assert set(WORDS) == set(Cause)


def test_a_cause_and_words_are_a_reason():
    assert check_reason("asked", "Ticket 48211 of 12 Nov", name="Asha Rao") is Cause.ASKED


@pytest.mark.parametrize(
    ("cause", "words", "sentence"),
    [
        ("", "Ticket 1", "No reason is chosen"),
        ("curious", "Ticket 1", "No reason is chosen"),
        ("asked", "  ", "Say in a few words"),
        ("asked", "x" * (LONGEST + 1), "longer than 300"),
        ("asked", "wrote from asha@example.com", "Leave mobile numbers and e-mail addresses out"),
        ("asked", "called from 98765 00011", "Leave mobile numbers and e-mail addresses out"),
        ("asked", "Mrs RAO called", "Leave the recipient's name out"),
    ],
)
def test_what_cannot_stay_in_the_trail_is_refused_without_repeating_it(cause, words, sentence):
    with pytest.raises(InvalidInput, match=sentence) as refused:
        check_reason(cause, words, name="Asha Rao")
    assert not words.strip() or words not in refused.value.sentence


def test_there_is_a_most_within_an_hour():
    check_not_too_many(2, most=3)
    with pytest.raises(StateConflict, match="details of 3 rows within the last hour"):
        check_not_too_many(3, most=3)
