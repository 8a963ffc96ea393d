"""A freeze and a restore hold reversals up as they hold runs."""

from uuid import uuid4

import pytest

from allocations.domain.errors import StateConflict
from allocations.gateway import database_now
from allocations.models import Installation, ReversalAttempt, TrailEntry
from allocations.services import freezes, recovering, reversal_leases, reversals, reversing
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.reversal_desk import Desk, open_desk
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return open_desk(portal)


def recover(desk: Desk) -> None:
    gateway = desk.portal.gateway
    recovering.begin(now=gateway.clock(), timing=gateway.timing, why="a backup was put back")


def end_recovery(desk: Desk) -> None:
    gateway = desk.portal.gateway
    desk.portal.clock.forward(seconds=(gateway.timing.lease + 2 * gateway.timing.recovery.quiet).total_seconds())
    assert recovering.end_if_done(gateway=gateway)


def test_nothing_is_taken_back_while_frozen(desk: Desk) -> None:
    reversal = desk.approved(60)
    freezes.freeze_sending(actor("owner"), reason="EnKash called")
    assert (desk.work(reversal).state, desk.calls()) == ("approved", 0)
    assert not reversal_leases.reversals_with_work(desk.portal.gateway.clock()).exists()


def test_a_freeze_between_claim_and_intent_is_seen(desk: Desk) -> None:
    reversal = desk.approved(60)
    claim = reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.gateway)
    assert claim is not None
    freezes.freeze_sending(actor("owner"), reason="EnKash called")
    reversing.work_on(claim, gateway=desk.portal.gateway)
    assert desk.calls() == 0


def test_what_was_sent_in_the_lost_life_is_found_not_sent_again(desk: Desk) -> None:
    """F61: the backup is from before the call."""
    reversal = desk.approved(60)
    client = desk.portal.gateway.client
    client.allocate_single(reversing.order_of(reversal), token=client.token(1))
    recover(desk)
    assert (desk.work(reversal).state, reversal.doubt) == ("unknown", "restored")
    end_recovery(desk)
    assert (desk.work(reversal).state, reversal.evidence) == ("reversed", "look_up")
    assert (desk.debits()[reversal.reference][1], desk.calls()) == (60, 1)


def test_an_approval_after_the_restore_is_looked_up_first(desk: Desk) -> None:
    """F61: the backup is from before the approval."""
    reversal = desk.proposed(60)
    recover(desk)
    end_recovery(desk)
    assert Installation.objects.get().may_have_forgotten(reversal.requested_at)
    reversals.approve_reversal(desk.portal.approver, reversal_id=reversal.pk, digest=reversal.digest)
    reversal.refresh_from_db()
    assert (reversal.state, reversal.doubt) == ("unknown", "restored")
    quiet = desk.portal.gateway.timing.recovery.quiet
    assert (desk.work_after(reversal, seconds=quiet.total_seconds() + 1).state, desk.calls()) == ("reversed", 1)


def test_one_asked_for_before_the_restore_is_closed_only_after_a_look_at_the_statement(desk: Desk) -> None:
    """F61: the backup is from before the approval, and the points were taken back after it."""
    rejected, withdrawn = desk.proposed(10), desk.proposed(20)
    recovering.begin(now=database_now(), timing=desk.portal.gateway.timing, why="a backup was put back")
    fresh = desk.proposed(30)
    known = {"reversal_id": rejected.pk, "digest": rejected.digest, "reason": "She earned them"}
    with pytest.raises(StateConflict, match="have the reversal approved"):
        reversals.reject_reversal(desk.portal.approver, **known)
    with pytest.raises(StateConflict, match="have the reversal approved"):
        reversals.withdraw_reversal(desk.portal.maker, reversal_id=withdrawn.pk)
    assert reversals.reject_reversal(desk.portal.approver, **known, compared=True).state == "rejected"
    assert reversals.withdraw_reversal(desk.portal.maker, reversal_id=withdrawn.pk, compared=True).state == "withdrawn"
    assert reversals.withdraw_reversal(desk.portal.maker, reversal_id=fresh.pk).state == "withdrawn"
    closed = TrailEntry.objects.filter(event__in=("reversal reject", "reversal withdraw")).order_by("id")
    assert ["compared_with_statement" in entry.data for entry in closed] == [True, True, False]


def test_a_claim_of_the_lost_life_sends_nothing(desk: Desk) -> None:
    """F61: in the restored database the same epoch was given again."""
    reversal = desk.approved(60)
    claim = reversal_leases.claim_reversal(reversal.pk, gateway=desk.portal.gateway)
    assert claim is not None
    Installation.objects.update(instance_id=uuid4())
    reversing.work_on(claim, gateway=desk.portal.gateway)
    assert (desk.calls(), desk.attempts()) == (0, [])


def test_an_answer_of_the_lost_life_is_not_taken_for_another_attempt_s(desk: Desk) -> None:
    """F61: in the restored database another attempt has the same number."""
    reversal = desk.approved(60)

    def restore() -> None:
        ReversalAttempt.objects.update(worker="another")

    overtaken = Wrapped(desk.portal.gateway.client, "allocate_single", before=restore)
    desk.work(reversal, portal=with_client(desk.portal, overtaken, worker="lost"))
    assert (reversal.state, desk.attempts()) == ("sending", ["intent"])
    assert ReversalAttempt.objects.get().body is None
