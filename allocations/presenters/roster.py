"""The people of the portal in words: where they stand, their roles, and what this person can do about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Actor, Role
from allocations.domain.roster import (
    GIVEN_BY_TWO,
    can_confirm_role,
    can_decide_role,
    check_change_person,
    check_confirm_role,
    check_make_link,
)
from allocations.models import RoleProposal
from allocations.presenters.home import Task
from allocations.presenters.numbers import counted
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL, Status
from allocations.presenters.stories import person
from allocations.presenters.times import moment
from allocations.selectors.roster import Member, facts_of_person, is_owner
from allocations.services.mailing import Mail

MEANS = {
    Role.ADMIN: "uploads lists, submits and watches batches",
    Role.APPROVER: "decides about batches that others made",
    Role.AUDITOR: "reads, exports and verifies; changes nothing",
    Role.OWNER: "people, reward accounts and the connection to EnKash",
}
NOBODY_ELSE = (
    "Nobody else here is owner or approver, so nobody could confirm those two roles. The people who run the portal's "
    "server make a second owner with manage.py make_owner; the trail says so."
)


@dataclass(frozen=True, slots=True)
class MemberLine:
    member: Member
    name: str
    state: Status
    roles: str
    waiting: str


def member_line(member: Member) -> MemberLine:
    return MemberLine(
        member=member,
        name=person(member.user),
        state=_state(member),
        roles=_names(member.facts.roles) or "none",
        waiting=_names(member.proposed),
    )


def _state(member: Member) -> Status:
    if not member.facts.is_active:
        return Status("deactivated")
    return Status("active") if member.facts.has_joined else Status("invited")


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(role.value for role in Role if role in roles)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """`two`: a second person has to confirm it."""

    role: Role
    means: str
    has: bool
    waits: bool
    two: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What one can do about a person. `why_not`: what keeps this one from it, or ""."""

    roles: tuple[RoleLine, ...]
    why_not: str
    can_make_link: bool


def desk(member: Member, actor: Actor) -> Desk:
    lines = (
        RoleLine(role, MEANS[role], role in member.facts.roles, role in member.proposed, role in GIVEN_BY_TWO)
        for role in Role
    )
    return Desk(
        roles=tuple(lines),
        why_not=reason_of(check_change_person, actor, member.facts),
        can_make_link=not reason_of(check_make_link, actor, member.facts),
    )


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """`no`: how this person can say no, "" for those who cannot."""

    proposal: RoleProposal
    text: str
    button: str
    why_not: str
    no: str


def proposal_lines(proposals: Iterable[RoleProposal], actor: Actor) -> list[ProposalLine]:
    return [_proposal_line(proposal, actor) for proposal in proposals]


def _proposal_line(proposal: RoleProposal, actor: Actor) -> ProposalLine:
    own = actor.id in {proposal.proposed_by_id, proposal.person_id}
    no = "Withdraw" if own else "Reject"
    return ProposalLine(
        proposal=proposal,
        text=f"{person(proposal.proposed_by)} proposed the role {proposal.role} for {person(proposal.person)}, "
        f"{moment(proposal.proposed_at)}.",
        button=f"Confirm {proposal.role} for {person(proposal.person)}",
        why_not=reason_of(
            check_confirm_role,
            actor,
            facts_of_person(proposal.person),
            proposed_by_id=proposal.proposed_by_id,
            by_an_owner=is_owner(proposal.proposed_by_id),
        ),
        no=no if can_decide_role(actor) else "",
    )


def decided_line(proposal: RoleProposal) -> str:
    """One proposed role that is decided, as a line."""
    proposed = f"{person(proposal.proposed_by)} proposed the role {proposal.role}"
    match ProposalState(proposal.state):
        case ProposalState.CONFIRMED:
            return f"{proposed}, {person(proposal.decided_by)} confirmed it."
        case ProposalState.REFUSED:
            return f"{proposed}, {person(proposal.decided_by)} rejected it."
        case ProposalState.WITHDRAWN:
            return f"{proposed}, and it was withdrawn."
        case ProposalState.OPEN:
            return f"{proposed}; nobody decided yet."


def role_task(proposals: Iterable[RoleProposal], actor: Actor) -> list[Task]:
    """One task for all the roles that this person may confirm; none if there are none."""
    mine = [
        one
        for one in proposals
        if can_confirm_role(
            actor,
            facts_of_person(one.person),
            proposed_by_id=one.proposed_by_id,
            by_an_owner=is_owner(one.proposed_by_id),
        )
    ]
    if not mine:
        return []
    count = counted(len(mine), "role")
    detail = "; ".join(f"{one.role} for {person(one.person)}" for one in mine[:3])
    return [Task(AWAITING_APPROVAL, f"{count} to confirm", detail, reverse("allocations:people"), f"See {count}")]


def invitation_mail(*, name: str, by: str, username: str, link: str) -> Mail:
    text = (
        f"{name},\n\n{by} gave you an account in the rewards portal. Your user name is {username}.\n\n"
        f"Choose your password here: {link}\n\nThe link works once and for three days. Nobody in the portal can read "
        "it again. If you did not expect this, do nothing and tell whoever runs the portal.\n"
    )
    return Mail("Rewards portal: your account", text)
