import pytest

from allocations import gateway
from allocations.selectors.holds import Hold, hold
from allocations.services import freezes, recovering
from tests.factories.lists import NOW
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def test_nothing_holds_up_in_ordinary_times():
    assert hold() == Hold()


def test_a_freeze_and_a_recovery_hold_up():
    freezes.freeze_sending(actor("owner"), reason="EnKash called")
    assert hold() == Hold(frozen=True)
    recovering.begin(now=NOW, timing=gateway.timing(), why="Restored.")
    assert hold() == Hold(frozen=True, recovering=True)
