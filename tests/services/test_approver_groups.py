"""Who is in a group of approvers takes two people, as the role does; every change is in the trail."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.policy import Role
from allocations.models import ApproverGroup, RoleProposal, TrailEntry
from allocations.selectors.approver_groups import counting_members, members_of
from allocations.selectors.roster import approver_since, member
from allocations.services import roles, roster
from allocations.services.approver_groups import make_group, propose_member, take_member
from tests.factories.groups import group, join
from tests.factories.people import actor, known, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return actor("owner")


def told() -> list[tuple[str, dict]]:
    return list(TrailEntry.objects.order_by("id").values_list("event", "data"))


def test_it_takes_two_to_be_in_a_group(owner) -> None:
    made, user, second = make_group(owner, name=" Finance "), person("approver"), actor("approver")
    first = propose_member(owner, person_id=user.pk, group_id=made.pk)
    assert propose_member(owner, person_id=user.pk, group_id=made.pk) == first
    assert (members_of("Finance"), member(user.pk).proposed_groups) == (frozenset(), {made.pk})
    for _ in range(2):
        roles.confirm_role(second, proposal_id=first.pk)
    assert propose_member(owner, person_id=user.pk, group_id=made.pk) is None
    assert (counting_members(), member(user.pk).groups) == ({"Finance": {user.pk}}, (made,))
    # The role is what it was, and as old.
    assert (member(user.pk).proposed, approver_since(user.pk)) == (frozenset(), None)
    for _ in range(2):
        take_member(owner, person_id=user.pk, group_id=made.pk)
    assert members_of("Finance") == frozenset()
    assert told() == [
        ("approver group made", {"name": "Finance"}),
        ("approver group proposed", {"group": "Finance"}),
        ("approver group confirmed", {"group": "Finance", "proposed_by": owner.id}),
        ("approver group taken", {"group": "Finance"}),
    ]


def test_nobody_slips_in_alone(owner) -> None:
    """Nor the proposer with another hat, nor the person themselves, nor a superuser without a role."""
    made, user = group("Finance"), person("approver", "owner")
    proposal = propose_member(owner, person_id=user.pk, group_id=made.pk)
    boss = known(User.objects.create_superuser("boss"))
    for who in (owner, known(user), boss, actor("admin"), actor("auditor")):
        with pytest.raises(NotAllowed):
            roles.confirm_role(who, proposal_id=proposal.pk)
    for who in (known(user), boss, actor("admin"), actor("approver"), actor("auditor")):
        with pytest.raises(NotAllowed):
            propose_member(who, person_id=user.pk, group_id=made.pk)
    for who in (known(user), boss, actor("approver")):
        with pytest.raises(NotAllowed):
            take_member(who, person_id=user.pk, group_id=made.pk)
    for who in (boss, actor("approver"), actor("admin")):
        with pytest.raises(NotAllowed):
            make_group(who, name="Mine")
    unseen = replace(owner, known_at=None)
    for act in (
        lambda: make_group(unseen, name="HR"),
        lambda: propose_member(unseen, person_id=user.pk, group_id=made.pk),
        lambda: roles.confirm_role(replace(actor("owner"), known_at=None), proposal_id=proposal.pk),
    ):
        with pytest.raises(StepUpNeeded):
            act()
    assert members_of("Finance") == frozenset()


def test_a_proposal_of_who_is_no_owner_any_more_is_void(owner) -> None:
    made, user = group("Finance"), person("approver")
    proposal = propose_member(owner, person_id=user.pk, group_id=made.pk)
    roles.take_role(actor("owner"), person_id=owner.id, role=Role.OWNER)
    with pytest.raises(StateConflict, match="no owner any more"):
        roles.confirm_role(actor("approver"), proposal_id=proposal.pk)


@pytest.mark.parametrize("second", [None, "approver"])
def test_saying_no_needs_one(owner, second) -> None:
    made, user = group("Finance"), person("approver")
    proposal = propose_member(owner, person_id=user.pk, group_id=made.pk)
    roles.refuse_role(actor(second) if second else owner, proposal_id=proposal.pk)
    event = "approver group refused" if second else "approver group proposal withdrawn"
    assert told()[-1] == (event, {"group": "Finance", "proposed_by": owner.id})
    with pytest.raises(StateConflict, match="decided already"):
        roles.confirm_role(actor("approver"), proposal_id=proposal.pk)
    assert members_of("Finance") == frozenset()


def deactivate(user: User) -> None:
    roster.deactivate_person(actor("owner"), person_id=user.pk)


def demote(user: User) -> None:
    roles.take_role(actor("owner"), person_id=user.pk, role=Role.APPROVER)


@pytest.mark.parametrize("go", [deactivate, demote])
def test_who_is_no_approver_does_not_count_and_does_not_come_back_by_the_role(go) -> None:
    user = person("approver")
    made = group("Finance", user)
    waits = propose_member(actor("owner"), person_id=user.pk, group_id=group("HR").pk)
    go(user)
    assert members_of("Finance") == frozenset()
    with pytest.raises(StateConflict):
        roles.confirm_role(actor("approver"), proposal_id=waits.pk)
    if go is deactivate:
        roster.reactivate_person(actor("owner"), person_id=user.pk)
    again = roles.give_role(actor("owner"), person_id=user.pk, role=Role.APPROVER)
    roles.confirm_role(actor("owner"), proposal_id=again.pk)
    assert (members_of("Finance"), made.members.count()) == (frozenset(), 0)
    left = "person reactivated" if go is deactivate else "role taken"
    assert TrailEntry.objects.get(event=left).data["groups"] == ["Finance"]


def test_only_approvers_are_proposed_and_once(owner) -> None:
    made, user = group("Finance"), person("admin")
    with pytest.raises(StateConflict, match="Only approvers are in groups"):
        propose_member(owner, person_id=user.pk, group_id=made.pk)
    other = person("approver")
    propose_member(owner, person_id=other.pk, group_id=made.pk)
    with pytest.raises(StateConflict, match="Confirm it instead"):
        propose_member(actor("owner"), person_id=other.pk, group_id=made.pk)
    with pytest.raises(InvalidInput, match="There is no group of approvers"):
        propose_member(owner, person_id=other.pk, group_id=made.pk + 1)


@pytest.mark.parametrize("name", ["finance", "FINANCE", "Ｆinance\u200b", ""])
def test_a_name_is_one_groups_and_readable(owner, name) -> None:
    group("Finance")
    with pytest.raises(InvalidInput):
        make_group(owner, name=name)
    assert ApproverGroup.objects.count() == 1


def test_the_database_keeps_names_and_groups(owner) -> None:
    made = group("Finance", person("approver"))
    acts = [
        lambda: ApproverGroup.objects.create(name="FINANCE", made_by_id=owner.id, made_at=made.made_at),
        lambda: ApproverGroup.objects.filter(pk=made.pk).update(name="HR"),
        made.delete,
        lambda: RoleProposal.objects.create(
            person=person(), role="owner", group=made, proposed_by_id=owner.id, proposed_at=made.made_at
        ),
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_joining_a_second_group_keeps_the_first() -> None:
    user = person("approver")
    group("Finance", user)
    join(group("HR"), user)
    assert [one.name for one in member(user.pk).groups] == ["Finance", "HR"]
