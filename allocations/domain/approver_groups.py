"""Named groups of approvers: who is in them takes two people, and a policy can ask that one approver is of a group."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor, Role, permits, require_role
from allocations.domain.roster import PersonFacts, check_give_role

LONGEST_NAME = 40


def check_make_group(actor: Actor) -> None:
    """One person is enough: a group without members lets nobody approve anything."""
    require_role(actor, Role.OWNER, act="make a group of approvers")


can_make_group = permits(check_make_group)


def group_name(typed: str) -> str:
    """The name as it is kept: one visible line. Raises InvalidInput."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(f"Type a name of 1 to {LONGEST_NAME} characters, such as Finance.")
    if not name.isprintable():
        raise InvalidInput("The name has characters that nobody sees. Type it with letters, digits and blanks.")
    return name


def check_name_is_free(name: str, taken: Collection[str]) -> None:
    for other in taken:
        if other.casefold() == name.casefold():
            raise InvalidInput(f"There is a group “{other}” already. Choose another name.")


def check_propose_member(actor: Actor, person: PersonFacts) -> None:
    """As for the role itself: an owner, and never for oneself."""
    check_give_role(actor, person)
    check_is_approver(person)


def check_is_approver(person: PersonFacts) -> None:
    if Role.APPROVER not in person.roles:
        raise StateConflict("Only approvers are in groups of approvers, and this person is none. Give that role first.")


# Votes ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a batch needs. `group`: the one of which at least one approver must be; "" for none."""

    approvers: int
    group: str = ""


def is_enough(asked: Asked, of_group: Sequence[bool]) -> bool:
    """`of_group`: for each approval that holds, whether who gave it is of the group now."""
    return len(of_group) >= asked.approvers and (not asked.group or any(of_group))


def waits_for_group(asked: Asked, of_group: Sequence[bool]) -> bool:
    """Whether the next approval has to be of the group: without it there would be as many as are needed, all of
    others."""
    return bool(asked.group) and not any(of_group) and len(of_group) + 1 >= asked.approvers


def check_can_count(asked: Asked, of_group: Sequence[bool], *, is_member: bool) -> None:
    """Nobody approves where the batch would then still lack somebody of the group. Arguments as of is_enough."""
    if is_member or not waits_for_group(asked, of_group):
        return
    if asked.approvers == 1:
        raise NotAllowed(
            f"The approver of this batch must be of the group “{asked.group}”, and you are not. Somebody of that group "
            "must approve it. You can send it back or ask a question."
        )
    raise NotAllowed(
        f"One of the {asked.approvers} approvers of this batch must be of the group “{asked.group}”. Nobody of it has "
        "approved yet, and you are not of it: somebody of that group must approve now. You can send it back or ask a "
        "question."
    )
