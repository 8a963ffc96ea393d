import pytest

from allocations.domain.pauses import Pause, sentence
from allocations.models import Run
from allocations.presenters.pauses import why_paused


def paused(pause, text):
    return Run(pause_code=pause.value, pause_text=text)


@pytest.mark.parametrize("detail", ["", "Wallet “A”. Try later.", "a %(b)s %"])
@pytest.mark.parametrize("pause", list(Pause))
def test_in_english_it_is_what_was_stored(pause, detail):
    text = sentence(pause, detail)
    assert why_paused(paused(pause, text)) == text


@pytest.mark.parametrize("code", ["balance", "contract", "by_person", "something_new", ""])
def test_words_that_are_not_chosen_any_more_stay_as_they_were_stored(code):
    assert why_paused(Run(pause_code=code, pause_text="Words of an older version.")) == "Words of an older version."


def test_nothing_is_said_of_a_run_that_goes_on():
    assert why_paused(Run()) == ""


def test_what_was_said_to_us_stands_untranslated_between_our_own_words(monkeypatch):
    monkeypatch.setattr("allocations.presenters.pauses._", lambda text: f"[{text}]")
    assert why_paused(paused(Pause.BALANCE, sentence(Pause.BALANCE, "Wallet 7 is empty"))) == (
        "[The reward account does not hold enough points for the next rows.] [The message: “Wallet 7 is empty”.] "
        "[Top up the account at EnKash, then resume.]"
    )
    assert why_paused(paused(Pause.CONTRACT, sentence(Pause.CONTRACT, "The field status is gone."))) == (
        "The field status is gone. "
        "[Nothing more is sent until an owner has marked it on the page EnKash contract; then resume.]"
    )
