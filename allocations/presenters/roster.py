"""The people of the portal in words: where they stand, their roles, and what this person can do about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from allocations.domain.approver_groups import check_is_approver
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
from allocations.presenters.roles import role_word
from allocations.presenters.statuses import AWAITING_APPROVAL, Status
from allocations.presenters.stories import person
from allocations.presenters.times import moment
from allocations.selectors.roster import Member, facts_of_person, is_owner
from allocations.services.mailing import Mail

MEANS = {
    Role.ADMIN: gettext_noop("uploads lists, submits and watches batches"),
    Role.APPROVER: gettext_noop("decides about batches that others made"),
    Role.AUDITOR: gettext_noop("reads, exports and verifies; changes nothing"),
    Role.OWNER: gettext_noop("people, reward accounts and the connection to EnKash"),
}
NOBODY_ELSE = gettext_lazy(
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
    groups: str = ""


def member_line(member: Member) -> MemberLine:
    return MemberLine(
        member=member,
        name=person(member.user),
        state=_state(member),
        roles=_names(member.facts.roles) or _("none"),
        waiting=_names(member.proposed),
        groups=", ".join(group.name for group in member.groups),
    )


def _state(member: Member) -> Status:
    if not member.facts.is_active:
        return Status(gettext_noop("deactivated"))
    return Status(gettext_noop("active")) if member.facts.has_joined else Status(gettext_noop("invited"))


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(role_word(role) for role in Role if role in roles)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """`two`: a second person has to confirm it."""

    role: Role
    word: str
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
        RoleLine(
            role=role,
            word=role_word(role),
            means=_(MEANS[role]),
            has=role in member.facts.roles,
            waits=role in member.proposed,
            two=role in GIVEN_BY_TWO,
        )
        for role in Role
    )
    return Desk(
        roles=tuple(lines),
        why_not=reason_of(check_change_person, actor, member.facts),
        can_make_link=not reason_of(check_make_link, actor, member.facts),
    )


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """`no`: whether this person can say no; `own`: by withdrawing it."""

    proposal: RoleProposal
    given: str
    text: str
    button: str
    why_not: str
    no: bool
    own: bool


def proposal_lines(proposals: Iterable[RoleProposal], actor: Actor) -> list[ProposalLine]:
    return [_proposal_line(proposal, actor) for proposal in proposals]


def _proposal_line(proposal: RoleProposal, actor: Actor) -> ProposalLine:
    said = {
        "name": person(proposal.proposed_by),
        "given": given(proposal),
        "role": _short(proposal),
        "person": person(proposal.person),
        "at": moment(proposal.proposed_at),
    }
    return ProposalLine(
        proposal=proposal,
        given=given(proposal),
        text=_("%(name)s proposed %(given)s for %(person)s, %(at)s.") % said,
        button=_("Confirm %(role)s for %(person)s") % said,
        why_not=reason_of(
            check_confirm_role,
            actor,
            facts_of_person(proposal.person),
            proposed_by_id=proposal.proposed_by_id,
            by_an_owner=is_owner(proposal.proposed_by_id),
        )
        or (reason_of(check_is_approver, facts_of_person(proposal.person)) if proposal.group else ""),
        no=can_decide_role(actor),
        own=actor.id in {proposal.proposed_by_id, proposal.person_id},
    )


def given(proposal: RoleProposal) -> str:
    """What it would give, in the middle of a sentence."""
    return _short(proposal) if proposal.group else _("the role %(role)s") % {"role": role_word(proposal.role)}


def confirmed(proposal: RoleProposal) -> str:
    who = person(proposal.person)
    if proposal.group:
        return _("%(who)s is of the group “%(group)s” from now on.") % {"who": who, "group": proposal.group.name}
    return _("%(who)s is %(role)s from now on.") % {"who": who, "role": role_word(proposal.role)}


def _short(proposal: RoleProposal) -> str:
    return _("the group “%s”") % proposal.group.name if proposal.group else role_word(proposal.role)


def decided_line(proposal: RoleProposal) -> str:
    """One proposed role that is decided, as a line."""
    said = {"name": person(proposal.proposed_by), "given": given(proposal), "by": person(proposal.decided_by)}
    match ProposalState(proposal.state):
        case ProposalState.CONFIRMED:
            return _("%(name)s proposed %(given)s, %(by)s confirmed it.") % said
        case ProposalState.REFUSED:
            return _("%(name)s proposed %(given)s, %(by)s rejected it.") % said
        case ProposalState.WITHDRAWN:
            return _("%(name)s proposed %(given)s, and it was withdrawn.") % said
        case ProposalState.OPEN:
            return _("%(name)s proposed %(given)s; nobody decided yet.") % said


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
    roles = {"roles": counted(len(mine), "role")}
    detail = "; ".join(
        _("%(role)s for %(person)s") % {"role": _short(one), "person": person(one.person)} for one in mine[:3]
    )
    title, act = _("%(roles)s to confirm") % roles, _("See %(roles)s") % roles
    return [Task(AWAITING_APPROVAL, title, detail, reverse("allocations:people"), act)]


def invitation_mail(*, name: str, by: str, username: str, link: str) -> Mail:
    text = (
        f"{name},\n\n{by} gave you an account in the rewards portal. Your user name is {username}.\n\n"
        f"Choose your password here: {link}\n\nThe link works once and for three days. Nobody in the portal can read "
        "it again. If you did not expect this, do nothing and tell whoever runs the portal.\n"
    )
    return Mail("Rewards portal: your account", text)
