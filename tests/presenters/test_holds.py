import pytest

from allocations.presenters.holds import when
from allocations.selectors.holds import Hold


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (Hold(), "within a minute"),
        (Hold(frozen=True), "when sending is released"),
        (Hold(recovering=True), "when the recovery has ended"),
        (Hold(frozen=True, recovering=True), "when the recovery has ended and sending is released"),
    ],
)
def test_no_time_is_promised_while_sending_is_held_up(hold, words):
    assert when(hold) == words


def test_another_time_holds_only_while_nothing_holds_up():
    assert when(Hold(), otherwise="at 14:05:00 IST") == "at 14:05:00 IST"
    assert when(Hold(frozen=True), otherwise="at 14:05:00 IST") == "when sending is released"
