"""Tokens with which programs act for a person: what they may do, how long they last, how often they may call."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from allocations.domain.errors import DomainError, InvalidInput, NotAllowed
from allocations.domain.marks import gettext_noop as _
from allocations.domain.policy import Actor, Role, permits, require_role

LONGEST_NAME = 60
MOST_DAYS = 365
# Of one person, that can still be used.
MOST_TOKENS = 20
WINDOW = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may do, of what its person may do."""

    READ = "read"
    ROWS = "rows"
    TRAIL = "trail"
    WRITE = "write"
    SUBMIT = "submit"


MEANS = {
    Scope.READ: _("See batches, runs, outcomes in figures, and balances"),
    Scope.ROWS: _("See rows of batches, with their problems and outcomes"),
    Scope.TRAIL: _("See the entries of the trail, with the reasons that people wrote"),
    Scope.WRITE: _("Make batches, and change them before they are submitted"),
    Scope.SUBMIT: _("Submit batches for approval, and withdraw them"),
}
# Approving, deciding and taking points back stay with people: whatever else the person is, the program is not.
_ROLES = frozenset({Role.ADMIN, Role.AUDITOR})


class TooManyCalls(DomainError):
    """More calls in a minute than a token may make."""

    def __init__(self, *, most: int, seconds: int) -> None:
        super().__init__(f"More than {most} calls came with this token within a minute. Wait {seconds} seconds.")
        self.seconds = seconds


def program_of(actor: Actor, *, token_id: int) -> Actor:
    """The person as a program may act for them."""
    return replace(actor, roles=actor.roles & _ROLES, withheld=frozenset(), known_at=None, token_id=token_id)


def check_make_token(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.AUDITOR, act="make a token for a program")


def check_revoke_token(actor: Actor, *, owned_by: int) -> None:
    """One's own, or an owner anybody's: what may be done with it ends with it."""
    if actor.id != owned_by:
        check_revoke_others(actor)


def check_revoke_others(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="revoke the token of somebody else")


def check_new(*, name: str, scopes: Collection[Scope], days: int, others: int) -> str:
    """The name, trimmed. `others`: how many tokens of the person can be used already."""
    words = name.strip()
    if not words:
        raise InvalidInput("The name is empty. Name the program that uses the token, for example “Payroll”.")
    if len(words) > LONGEST_NAME:
        raise InvalidInput(f"The name has {len(words)} characters. Write it in at most {LONGEST_NAME}.")
    if not scopes:
        raise InvalidInput("Nothing is chosen that the token may do. Choose at least one.")
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"A token lasts between 1 and {MOST_DAYS} days, not {days}.")
    if others >= MOST_TOKENS:
        raise InvalidInput(f"You have {others} tokens in use. Revoke one that is needed no more.")
    return words


def check_scope(scope: Scope, *, among: Collection[str]) -> None:
    if scope not in among:
        raise NotAllowed(f"This token has not the scope “{scope}”. Make one that has it, on the page of API tokens.")


def is_usable(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    return revoked_at is None and now < expires_at


can_make_token = permits(check_make_token)
can_revoke_others = permits(check_revoke_others)
