from itertools import product

import pytest

from allocations.domain.pauses import ADVICE, Pause, outranks, sentence

CLICKED = {Pause.BY_PERSON, Pause.STOPPED}
GRAVE = {Pause.IMPOSSIBLE, Pause.TAMPERED, Pause.DEFECT}


@pytest.mark.parametrize("pause", Pause)
def test_sentence_says_what_happened_and_what_to_do(pause: Pause) -> None:
    what, to_do = ADVICE[pause]
    assert sentence(pause) == f"{what} {to_do}"
    assert what.endswith(".")
    assert to_do.endswith(".")


def test_sentence_quotes_enkash() -> None:
    expected = "EnKash refused the whole request. The message: “No”. Read the message, mend the cause, then resume."
    assert sentence(Pause.REFUSED, "No") == expected


@pytest.mark.parametrize(("new", "old"), [pair for pair in product(Pause, Pause) if pair[0] not in CLICKED])
def test_outranks_a_click_always_the_grave_everything_and_a_drift_the_rest(new: Pause, old: Pause) -> None:
    graver = (new in GRAVE and old not in GRAVE) or (new is Pause.CONTRACT and old not in {*GRAVE, Pause.CONTRACT})
    assert outranks(new, old) == (old in CLICKED or graver)


def test_a_drift_is_told_in_its_own_words() -> None:
    assert sentence(Pause.CONTRACT, "EnKash's answer lacks a field.").startswith(
        "EnKash's answer lacks a field. Nothing"
    )
