"""Groups of approvers: making one, and who is in it. Being in one is proposed and confirmed as the role itself is."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from allocations.domain import approver_groups as rules
from allocations.domain import roster
from allocations.domain.decisions import ProposalState
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.gateway import database_now
from allocations.models import ApproverGroup, RoleProposal
from allocations.selectors.approver_groups import group_names
from allocations.selectors.roster import facts_of_person
from allocations.services import trail
from allocations.services.roles import actor_now, load_person, note


def make_group(actor: Actor, *, name: str) -> ApproverGroup:
    """Without members. Raises InvalidInput for a name that is taken, in whatever case."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        rules.check_make_group(actor)
        check_known(actor, now=now)
        name = rules.group_name(name)
        rules.check_name_is_free(name, group_names())
        group = ApproverGroup.objects.create(name=name, made_by_id=actor.id, made_at=now)
        trail.write_entry(
            "approver group made", at=now, object_type="approver group", object_id=group.pk, actor=actor, name=name
        )
    return group


def propose_member(actor: Actor, *, person_id: int, group_id: int) -> RoleProposal | None:
    """None where the person is in the group already. The same again is the proposal that is there."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        person = load_person(person_id)
        rules.check_propose_member(actor, facts_of_person(person))
        check_known(actor, now=now)
        group = _group(group_id)
        if group.members.filter(pk=person_id).exists():
            return None
        return _propose(actor, person, group, now=now)


def _propose(actor: Actor, person: User, group: ApproverGroup, *, now: datetime) -> RoleProposal:
    waiting = RoleProposal.objects.filter(person=person, group=group, state=ProposalState.OPEN).first()
    if waiting and waiting.proposed_by_id != actor.id:
        raise StateConflict(f"The group {group.name} is proposed for this person already. Confirm it instead.")
    if waiting:
        return waiting
    proposal = RoleProposal.objects.create(
        person=person, role=Role.APPROVER, group=group, proposed_by_id=actor.id, proposed_at=now
    )
    note("approver group proposed", person, actor=actor, at=now, group=group.name)
    return proposal


def take_member(actor: Actor, *, person_id: int, group_id: int) -> None:
    """At once, as with a role: their votes no longer count as votes of the group."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        person = load_person(person_id)
        roster.check_change_person(actor, facts_of_person(person))
        group = _group(group_id)
        if group.members.filter(pk=person_id).exists():
            group.members.remove(person)
            note("approver group taken", person, actor=actor, at=now, group=group.name)


def _group(group_id: int) -> ApproverGroup:
    found = ApproverGroup.objects.filter(pk=group_id).first()
    if found is None:
        raise InvalidInput(f"There is no group of approvers {group_id}.")
    return found
