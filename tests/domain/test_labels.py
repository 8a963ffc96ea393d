"""Purposes and file names are one visible line, whichever door they come through."""

import pytest

from allocations.domain.errors import InvalidInput
from allocations.domain.labels import checked_purpose, shown_name


@pytest.mark.parametrize("text", ["Diwali 2026", "दिवाली २०२६", "ക്രിസ്‌മസ്", "Holi – “2026” <b>", "x" * 120])
def test_words_are_kept(text) -> None:
    assert checked_purpose(f"  {text}\n") == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n", "empty"),
        ("x" * 121, "has 121 characters"),
        *(
            (f"a{odd}b", "line break or an invisible")
            for odd in "\n\r\t\0\x1b\x85\u2028\u2029\u202e\u2066\u200b\ufeff\ud800"
        ),
    ],
)
def test_what_no_approver_can_see_is_refused(text, sentence) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        checked_purpose(text)


def test_name_of_a_file_can_be_shown() -> None:
    assert shown_name("Diwali – दिवाली.csv") == "Diwali – दिवाली.csv"
    assert shown_name("a\r\nb\udcff\u202exslx.csv") == "a__b__xslx.csv"
