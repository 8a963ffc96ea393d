"""Giving and taking roles. Roles that decide about points or people are proposed by one and confirmed by another."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction

from allocations.actors import actor_of
from allocations.domain import roster
from allocations.domain.approver_groups import check_is_approver
from allocations.domain.decisions import ProposalState
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.gateway import database_now
from allocations.models import ApproverGroup, RoleProposal
from allocations.selectors.roster import facts_of_person, is_owner
from allocations.services import trail


def give_role(actor: Actor, *, person_id: int, role: Role) -> RoleProposal | None:
    """The proposal, where a second person has to confirm the role; None where the person has it now."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        person = load_person(person_id)
        facts = facts_of_person(person)
        roster.check_give_role(actor, facts)
        check_known(actor, now=now)
        if role in facts.roles:
            return None
        return give(actor, person, role, now=now)


def give(actor: Actor, person: User, role: Role, *, now: datetime) -> RoleProposal | None:
    """Within the caller's transaction, after its checks."""
    if role not in roster.GIVEN_BY_TWO:
        add(person, role)
        note("role given", person, actor=actor, at=now, role=role.value)
        return None
    return propose(actor, person, role, now=now)


def propose(
    actor: Actor, person: User, role: Role, *, group: ApproverGroup | None = None, now: datetime
) -> RoleProposal:
    """Of a role, or of a place in a group of those who have it. The same again is the proposal that is there."""
    waiting = RoleProposal.objects.filter(person=person, role=role, group=group, state=ProposalState.OPEN).first()
    if waiting and waiting.proposed_by_id != actor.id:
        what = f"group {group.name}" if group else f"role {role}"
        raise StateConflict(f"The {what} is proposed for this person already. Confirm it instead.")
    if waiting:
        return waiting
    proposal = RoleProposal.objects.create(
        person=person, role=role, group=group, proposed_by_id=actor.id, proposed_at=now
    )
    _note_proposal("proposed", proposal, actor=actor, now=now)
    return proposal


def take_role(actor: Actor, *, person_id: int, role: Role) -> None:
    """At once: what somebody may no longer do needs no second person."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        person = load_person(person_id)
        facts = facts_of_person(person)
        roster.check_change_person(actor, facts)
        if role in facts.roles:
            person.groups.remove(Group.objects.get(name=role.value))
            note("role taken", person, actor=actor, at=now, role=role.value, **out_of_groups(person, {role}))


def confirm_role(actor: Actor, *, proposal_id: int) -> RoleProposal:
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        proposal = _locked(proposal_id)
        if (proposal.state, proposal.decided_by_id) == (ProposalState.CONFIRMED, actor.id):
            return proposal
        roster.check_confirm_role(
            actor,
            facts_of_person(proposal.person),
            proposed_by_id=proposal.proposed_by_id,
            by_an_owner=is_owner(proposal.proposed_by_id),
        )
        check_known(actor, now=now)
        if proposal.group:
            check_is_approver(facts_of_person(proposal.person))
        _decide(proposal, ProposalState.CONFIRMED, decided_by=actor.id, now=now)
        if proposal.group:
            proposal.group.members.add(proposal.person)
        else:
            add(proposal.person, Role(proposal.role))
        _note_proposal("confirmed", proposal, actor=actor, now=now, proposed_by=proposal.proposed_by_id)
    return proposal


def refuse_role(actor: Actor, *, proposal_id: int) -> RoleProposal:
    """By the proposer it is a withdrawal. Saying no needs nobody else."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        roster.check_decide_role(actor)
        proposal = _locked(proposal_id)
        is_own = actor.id in {proposal.proposed_by_id, proposal.person_id}
        state = ProposalState.WITHDRAWN if is_own else ProposalState.REFUSED
        if proposal.state == state:
            return proposal
        _decide(proposal, state, decided_by=None if is_own else actor.id, now=now)
        event = "proposal withdrawn" if is_own else "refused"
        _note_proposal(event, proposal, actor=actor, now=now, proposed_by=proposal.proposed_by_id)
    return proposal


def out_of_groups(person: User, gone: Collection[Role]) -> dict[str, list[str]]:
    """Whoever gets the role approver again is in no group by that: it takes two people anew. Returns the names."""
    if Role.APPROVER not in gone:
        return {}
    names = list(person.approver_groups.values_list("name", flat=True))
    person.approver_groups.clear()
    return {"groups": names} if names else {}


def actor_now(actor: Actor) -> Actor:
    """The actor with the roles of this moment. Changes of people wait for each other: two owners who take each other's
    role at once leave one."""
    list(Group.objects.select_for_update(no_key=True).filter(name=Role.OWNER.value))
    user = User.objects.filter(pk=actor.id).first()
    return replace(actor_of(user), known_at=actor.known_at) if user else actor


def load_person(person_id: int) -> User:
    person = User.objects.prefetch_related("groups").filter(pk=person_id).first()
    if person is None:
        raise InvalidInput(f"There is no person {person_id}.")
    return person


def add(person: User, role: Role) -> None:
    person.groups.add(Group.objects.get_or_create(name=role.value)[0])


def note(event: str, person: User, *, actor: Actor | None, at: datetime, **data: Any) -> None:
    """Ids and roles; names and addresses stay out of the trail."""
    trail.write_entry(event, at=at, object_type="user", object_id=person.pk, actor=actor, **data)


def _note_proposal(what: str, proposal: RoleProposal, *, actor: Actor, now: datetime, **more: Any) -> None:
    kind, given = "role", {"role": proposal.role}
    if proposal.group:
        kind, given = "approver group", {"group": proposal.group.name}
    note(f"{kind} {what}", proposal.person, actor=actor, at=now, **given, **more)


def _locked(proposal_id: int) -> RoleProposal:
    found = (
        RoleProposal.objects.select_for_update(of=("self",))
        .select_related("person", "group")
        .filter(pk=proposal_id)
        .first()
    )
    if found is None:
        raise InvalidInput(f"There is no proposed role {proposal_id}.")
    return found


def _decide(proposal: RoleProposal, state: ProposalState, *, decided_by: int | None, now: datetime) -> None:
    waiting = RoleProposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN)
    if not waiting.update(state=state, decided_by=decided_by, decided_at=now):
        raise StateConflict(f"This is decided already: it was {proposal.state}.")
