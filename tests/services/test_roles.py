"""Roles are given and taken; those that decide take two people."""

from dataclasses import replace

import pytest

from allocations.actors import actor_of
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.policy import Role
from allocations.models import RoleProposal, TrailEntry
from allocations.services import roles, roster
from tests.factories.people import actor, known, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return actor("owner")


def has(user) -> set[Role]:
    return set(actor_of(user).roles)


def told() -> list[tuple[str, int, dict]]:
    return list(TrailEntry.objects.order_by("id").values_list("event", "object_id", "data"))


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_one_owner_gives_and_takes_what_decides_nothing(owner, role) -> None:
    user = person()
    for _ in range(2):
        assert roles.give_role(owner, person_id=user.pk, role=Role(role)) is None
    assert has(user) == {Role(role)}
    for _ in range(2):
        roles.take_role(owner, person_id=user.pk, role=Role(role))
    assert has(user) == set()
    assert told() == [("role given", user.pk, {"role": role}), ("role taken", user.pk, {"role": role})]


@pytest.mark.parametrize("role", ["approver", "owner"])
@pytest.mark.parametrize("second", ["approver", "owner"])
def test_what_decides_counts_when_a_second_person_confirms(owner, role, second) -> None:
    user, other = person(), actor(second)
    first = roles.give_role(owner, person_id=user.pk, role=Role(role))
    assert roles.give_role(owner, person_id=user.pk, role=Role(role)) == first
    assert has(user) == set()
    for _ in range(2):
        roles.confirm_role(other, proposal_id=first.pk)
    assert has(user) == {Role(role)}
    assert told() == [
        ("role proposed", user.pk, {"role": role}),
        ("role confirmed", user.pk, {"role": role, "proposed_by": owner.id}),
    ]


def test_nobody_confirms_alone_or_for_themselves(owner) -> None:
    user = person("approver")
    proposal = roles.give_role(owner, person_id=user.pk, role=Role.OWNER)
    for who in (owner, known(user), actor("admin"), actor("auditor")):
        with pytest.raises(NotAllowed):
            roles.confirm_role(who, proposal_id=proposal.pk)
    assert has(user) == {Role.APPROVER}


def test_another_owner_confirms_what_waits_instead_of_proposing_it_again(owner) -> None:
    user = person()
    roles.give_role(owner, person_id=user.pk, role=Role.APPROVER)
    with pytest.raises(StateConflict, match="Confirm it instead"):
        roles.give_role(actor("owner"), person_id=user.pk, role=Role.APPROVER)


@pytest.mark.parametrize(
    ("second", "event"), [(None, "role proposal withdrawn"), ("approver", "role refused"), ("owner", "role refused")]
)
def test_a_proposed_role_can_be_refused_once(owner, second, event) -> None:
    user, who = person(), actor(second) if second else owner
    proposal = roles.give_role(owner, person_id=user.pk, role=Role.APPROVER)
    for _ in range(2):
        roles.refuse_role(who, proposal_id=proposal.pk)
    with pytest.raises(StateConflict, match="decided already"):
        roles.confirm_role(actor("owner"), proposal_id=proposal.pk)
    assert (has(user), [entry[0] for entry in told()]) == (set(), ["role proposed", event])


def test_a_confirmed_role_cannot_be_refused(owner) -> None:
    proposal = roles.give_role(owner, person_id=person().pk, role=Role.APPROVER)
    roles.confirm_role(actor("owner"), proposal_id=proposal.pk)
    with pytest.raises(StateConflict, match="decided already"):
        roles.refuse_role(actor("owner"), proposal_id=proposal.pk)


def test_what_a_former_owner_proposed_is_not_confirmed(owner) -> None:
    proposal, other = roles.give_role(owner, person_id=person().pk, role=Role.OWNER), actor("owner")
    roles.take_role(other, person_id=owner.id, role=Role.OWNER)
    with pytest.raises(StateConflict, match="no owner any more"):
        roles.confirm_role(other, proposal_id=proposal.pk)


def test_roles_count_as_they_are_now_not_as_the_page_knew_them(owner) -> None:
    other = actor("owner")
    roles.take_role(other, person_id=owner.id, role=Role.OWNER)
    with pytest.raises(NotAllowed, match="you need the role owner"):
        roles.take_role(owner, person_id=other.id, role=Role.OWNER)
    roster.deactivate_person(other, person_id=owner.id)
    with pytest.raises(NotAllowed):
        roles.give_role(owner, person_id=person().pk, role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        roles.take_role(replace(owner, id=0, roles=frozenset()), person_id=other.id, role=Role.OWNER)


def test_nobody_changes_their_own_roles(owner) -> None:
    for act in (roles.give_role, roles.take_role):
        with pytest.raises(NotAllowed, match="This is you"):
            act(owner, person_id=owner.id, role=Role.OWNER)


def test_giving_and_confirming_ask_anew_who_it_is(owner) -> None:
    user, tired = person(), replace(owner, known_at=None)
    with pytest.raises(StepUpNeeded):
        roles.give_role(tired, person_id=user.pk, role=Role.ADMIN)
    proposal = roles.give_role(owner, person_id=user.pk, role=Role.APPROVER)
    with pytest.raises(StepUpNeeded):
        roles.confirm_role(replace(actor("owner"), known_at=None), proposal_id=proposal.pk)
    assert (has(user), RoleProposal.objects.get().state) == (set(), "open")


def test_who_and_what_is_not_there_is_told(owner) -> None:
    with pytest.raises(InvalidInput, match=r"^There is no person 0\.$"):
        roles.take_role(owner, person_id=0, role=Role.ADMIN)
    with pytest.raises(InvalidInput, match=r"^There is no proposed role 0\.$"):
        roles.confirm_role(owner, proposal_id=0)
