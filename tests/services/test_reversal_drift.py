"""EnKash's answers change under a reversal: it is held and named, and nothing is taken twice."""

import pytest

from allocations.domain.errors import StateConflict
from allocations.models import ContractDifference
from allocations.services import reversals
from tests.factories.contract import mark_all
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, check_reversals, open_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


def test_a_reversal_whose_answer_broke_is_held_until_an_owner_has_looked(desk: Desk) -> None:
    desk.fault("field_renamed", field="payload", to="data")
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.pause_code) == ("unknown", "contract")
    assert "the single call no longer has the field “payload”" in reversal.pause_text
    assert ContractDifference.objects.get(breaking=True).call == "single"

    with pytest.raises(StateConflict, match="EnKash contract"):
        reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    mark_all()
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    reversal = desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.pause_code, desk.calls()) == ("reversed", "", 1)
    check_reversals(desk)


def test_a_look_up_that_broke_is_no_reason_to_take_the_points_again(desk: Desk) -> None:
    desk.fault("drop_after")
    reversal = desk.work(desk.approved())
    desk.portal.sim.control.change(drift="renamed")
    reversal = desk.work_after(reversal, minutes=16)
    assert (reversal.state, reversal.pause_code, desk.calls()) == ("unknown", "contract", 1)

    desk.portal.sim.control.change(drift="none")
    mark_all()
    reversals.resume_reversal(desk.portal.maker, reversal_id=reversal.pk)
    reversal = desk.work_after(reversal, minutes=16)
    assert (reversal.state, desk.calls()) == ("reversed", 1)
    check_reversals(desk)


def test_what_is_decided_is_not_held(desk: Desk) -> None:
    """The debit is proved; that the reference is not echoed any more is counted and alarms."""
    desk.fault("field_renamed", field="pgReferenceNumber", to="reference")
    reversal = desk.work(desk.approved())
    assert (reversal.state, reversal.pause_code) == ("reversed", "")
    assert ContractDifference.objects.filter(call="single", breaking=True, mark="open").count() == 1
    check_reversals(desk)
