"""Who may see the people of the portal and change their roles. Whoever acts is an owner and never acts on themselves,
so an owner always remains."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.policy import Actor, Role, permits, require_role

# These two decide about points and people: one person alone gives them to nobody.
GIVEN_BY_TWO = frozenset({Role.APPROVER, Role.OWNER})
# Time for others to notice an approver whom nobody knows.
SETTLES_IN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """`has_joined`: they have signed in, or have a password."""

    id: int
    is_active: bool
    has_joined: bool
    roles: frozenset[Role]


def check_see_people(actor: Actor) -> None:
    require_role(actor, Role.OWNER, Role.APPROVER, Role.AUDITOR, act="see people and their roles")


def check_invite(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="invite people")


def check_change_person(actor: Actor, person: PersonFacts) -> None:
    require_role(actor, Role.OWNER, act="change people and their roles")
    if actor.id == person.id:
        raise NotAllowed("This is you. Nobody changes their own roles or account: another owner must do it.")


def check_give_role(actor: Actor, person: PersonFacts) -> None:
    check_change_person(actor, person)
    if not person.is_active:
        raise StateConflict("This person is deactivated. Reactivate them first, then give the role.")


def check_make_link(actor: Actor, person: PersonFacts) -> None:
    """Only for those who never came: a link for somebody with a password would be a way into their account."""
    check_change_person(actor, person)
    if person.has_joined:
        raise StateConflict(
            "This person has joined already. Who forgot a password asks for a new one at the sign-in page."
        )
    if not person.is_active:
        raise StateConflict("This person is deactivated. Reactivate them first, then make the link.")


def check_decide_role(actor: Actor) -> None:
    require_role(actor, Role.OWNER, Role.APPROVER, act="decide about a proposed role")


def check_confirm_role(actor: Actor, person: PersonFacts, *, proposed_by_id: int, by_an_owner: bool) -> None:
    """`by_an_owner`: whoever proposed it is an owner still."""
    check_decide_role(actor)
    if actor.id == proposed_by_id:
        raise NotAllowed("You proposed this role. Another owner or approver must confirm it.")
    if actor.id == person.id:
        raise NotAllowed("This role would be yours. Another owner or approver must confirm it.")
    if not person.is_active:
        raise StateConflict("This person is deactivated: the role cannot be given. Reject it.")
    if not by_an_owner:
        raise StateConflict("Who proposed this is no owner any more. Reject it; an owner can propose it again.")


def check_settled_in(approver_since: datetime | None, *, now: datetime) -> None:
    """`approver_since`: when the role was last confirmed; None where it was not given on the page."""
    if approver_since is not None and now - approver_since < SETTLES_IN:
        raise NotAllowed(
            "You became approver less than 24 hours ago, and a new approver decides about no points on the first day. "
            "Let another approver decide, or wait until then."
        )


can_see_people = permits(check_see_people)
can_invite = permits(check_invite)
can_change_person = permits(check_change_person)
can_give_role = permits(check_give_role)
can_make_link = permits(check_make_link)
can_decide_role = permits(check_decide_role)
can_confirm_role = permits(check_confirm_role)
