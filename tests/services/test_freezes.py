"""The switch that stops all sending: one freezes, two release, look-ups go on."""

import pytest
from django.db import IntegrityError, transaction

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor
from allocations.models import Attempt, Freeze, TrailEntry
from allocations.services import freezes, leases, planning, sending
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Actor:
    return actor("owner")


def freeze(who: Actor) -> Freeze:
    return freezes.freeze_sending(who, reason="EnKash called")


def release(portal: Portal, owner: Actor) -> None:
    open_freeze = Freeze.objects.get(is_open=True)
    freezes.propose_release(portal.approver, freeze_id=open_freeze.pk)
    freezes.confirm_release(owner, freeze_id=open_freeze.pk)


def test_nothing_begins_while_frozen_and_everything_goes_on_after_the_release(portal: Portal, owner: Actor) -> None:
    freeze(owner)
    run = portal.drain(portal.approved_run(rows=4))
    assert (run.state, Attempt.objects.count(), portal.ledger()) == ("queued", 0, {})
    release(portal, owner)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 4)
    check_invariants(portal)


def test_a_running_run_claims_nothing_while_frozen(portal: Portal, owner: Actor) -> None:
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    freeze(owner)
    assert leases.claim_next_chunk(run.pk, gateway=portal.gateway) is None
    assert (portal.drain(run).state, portal.ledger()) == ("running", {})


def test_a_freeze_between_claim_and_intent_is_seen(portal: Portal, owner: Actor) -> None:
    run = portal.approved_run(rows=2)
    planning.begin_run(run.pk, gateway=portal.gateway)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    freeze(owner)
    sending.send_chunk(claim, gateway=portal.gateway)
    leases.release(claim)
    assert (Attempt.objects.count(), portal.ledger()) == (0, {})


def test_a_freeze_within_a_call_lets_it_end_and_begins_no_other(portal: Portal, owner: Actor) -> None:
    run = portal.approved_run(rows=4)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        freeze(owner)
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.drain(run)
    assert (portal.states(run), Attempt.objects.count()) == (["credited", "credited", "pending", "pending"], 1)


def test_what_is_unknown_is_looked_up_while_frozen(portal: Portal, owner: Actor) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=4))
    freeze(owner)
    portal.drain_after(run, minutes=16)
    assert (portal.states(run), Attempt.objects.count()) == (["credited", "credited", "pending", "pending"], 1)


def test_what_a_look_up_did_not_find_is_not_sent_again_while_frozen(portal: Portal, owner: Actor) -> None:
    portal.sim.faults.push(kind="error_before")
    run = portal.drain(portal.approved_run(rows=2))
    freeze(owner)
    for _ in range(3):
        portal.drain_after(run, minutes=16)
    assert (portal.states(run), Attempt.objects.count()) == (["unknown", "unknown"], 1)
    release(portal, owner)
    portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run), Attempt.objects.count()) == ("settled", ["credited"] * 2, 2)
    check_invariants(portal)


def test_an_abandoned_intent_is_given_up_while_frozen(portal: Portal, owner: Actor) -> None:
    run = portal.approved_run(rows=2)
    planning.begin_run(run.pk, gateway=portal.gateway)
    dead = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    chunk = run.chunks.select_related("run__batch__account").get()
    sending._write_intent(chunk, dead, gateway=portal.gateway)
    freeze(owner)
    portal.drain_after(run, minutes=6)
    assert portal.states(run) == ["unknown", "unknown"]


def test_one_person_cannot_release_alone(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    freezes.propose_release(owner, freeze_id=one.pk)
    with pytest.raises(NotAllowed, match=r"^You proposed the release\. Another approver or owner must confirm it\.$"):
        freezes.confirm_release(owner, freeze_id=one.pk)
    one.refresh_from_db()
    assert (one.is_open, one.released_by) == (True, None)


def test_the_schema_refuses_a_release_by_one_person_and_a_second_open_freeze(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    now = portal.clock()
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.filter(pk=one.pk).update(
            is_open=False,
            release_proposed_by=owner.id,
            release_proposed_at=now,
            released_by=owner.id,
            released_at=now,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.create(frozen_by_id=owner.id, frozen_at=now, reason="again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.filter(pk=one.pk).update(is_open=False)


def test_each_act_twice_is_the_same_as_once(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    assert freeze(portal.approver) == one
    for _ in range(2):
        freezes.propose_release(portal.approver, freeze_id=one.pk)
    for _ in range(2):
        freezes.confirm_release(owner, freeze_id=one.pk)
    events = TrailEntry.objects.filter(object_type="freeze").order_by("id")
    assert [(entry.event, entry.actor_id) for entry in events] == [
        ("sending frozen", owner.id),
        ("release proposed", portal.approver.id),
        ("sending released", owner.id),
    ]
    assert not Freeze.objects.filter(is_open=True).exists()


def test_a_rejected_release_has_to_be_proposed_again(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    freezes.propose_release(portal.approver, freeze_id=one.pk)
    for _ in range(2):
        freezes.withdraw_proposal(owner, freeze_id=one.pk)
    with pytest.raises(StateConflict, match=r"^Nobody proposes the release any more"):
        freezes.confirm_release(owner, freeze_id=one.pk)
    assert list(TrailEntry.objects.values_list("event", flat=True)).count("release rejected") == 1


def test_the_proposer_withdraws_the_release(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    freezes.propose_release(owner, freeze_id=one.pk)
    freezes.withdraw_proposal(owner, freeze_id=one.pk)
    assert TrailEntry.objects.order_by("id").last().event == "release withdrawn"


def test_a_second_proposal_is_told_to_confirm(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    freezes.propose_release(portal.approver, freeze_id=one.pk)
    with pytest.raises(StateConflict, match=r"has proposed the release\. Confirm it instead\.$"):
        freezes.propose_release(owner, freeze_id=one.pk)


def test_a_released_freeze_is_past(portal: Portal, owner: Actor) -> None:
    one = freeze(owner)
    release(portal, owner)
    for act in (freezes.propose_release, freezes.withdraw_proposal, freezes.confirm_release):
        with pytest.raises(StateConflict, match=r"^Sending goes on already"):
            act(actor("approver"), freeze_id=one.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.filter(pk=one.pk).update(reason="another")
    with pytest.raises(InvalidInput, match=r"^There is no freeze 0\.$"):
        freezes.confirm_release(owner, freeze_id=0)
    assert freeze(owner).pk != one.pk


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_freeze_needs_a_reason(owner: Actor, reason: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Say why sending is to stop"):
        freezes.freeze_sending(owner, reason=reason)


@pytest.mark.parametrize("roles", [(), ("admin",), ("auditor",)])
def test_only_approvers_and_owners_freeze_and_release(portal: Portal, owner: Actor, roles) -> None:
    who, one = actor(*roles), freeze(owner)
    for act in (freezes.propose_release, freezes.withdraw_proposal):
        with pytest.raises(NotAllowed):
            act(who, freeze_id=one.pk)
    freezes.propose_release(portal.approver, freeze_id=one.pk)
    with pytest.raises(NotAllowed):
        freezes.confirm_release(who, freeze_id=one.pk)
    with pytest.raises(NotAllowed):
        freezes.freeze_sending(who, reason="Why not")
