"""Groups of approvers: making one, and who is in it. Being in one is proposed and confirmed as the role itself is."""

from django.db import transaction

from allocations.domain import approver_groups as rules
from allocations.domain import roster
from allocations.domain.errors import InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.gateway import database_now
from allocations.models import ApproverGroup, RoleProposal
from allocations.selectors.approver_groups import group_names
from allocations.selectors.roster import facts_of_person
from allocations.services import trail
from allocations.services.roles import actor_now, load_person, note, propose


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
        return propose(actor, person, Role.APPROVER, group=group, now=now)


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
