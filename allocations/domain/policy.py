"""Who may do what in which state. `check_*` raises the sentence for the user; `can_*` is its bool twin."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from allocations.domain.errors import DomainError, NotAllowed, StateConflict
from allocations.domain.states import BatchState, RunState


class Role(StrEnum):
    ADMIN = "admin"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. Roles come from groups only: a superuser without a role may do nothing here."""

    id: int
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What decides who may act on a batch. `maker_ids`: everyone who uploaded, edited or submitted it."""

    state: BatchState
    maker_ids: frozenset[int]
    uploaded_by_id: int
    submitted_by_id: int | None = None


P = ParamSpec("P")


def permits(check: Callable[Concatenate[Actor, P], None]) -> Callable[Concatenate[Actor, P], bool]:
    """The bool twin of a check."""

    @wraps(check)
    def can(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> bool:
        try:
            check(actor, *args, **kwargs)
        except DomainError:
            return False
        return True

    return can


def require_role(actor: Actor, *roles: Role, act: str) -> None:
    if not actor.roles.intersection(roles):
        names = " or ".join(roles)
        raise NotAllowed(f"To {act} you need the role {names}. An owner can give it to you.")


def check_view(actor: Actor) -> None:
    require_role(actor, *Role, act="see batches")


def check_upload(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, act="upload a list")


def check_edit(actor: Actor, batch: BatchFacts) -> None:
    """Edit: upload again, map columns, leave rows out. Only before submission."""
    require_role(actor, Role.ADMIN, act="change a batch")
    if batch.state not in {BatchState.DRAFT, BatchState.REVIEW}:
        raise StateConflict(f"The batch is “{batch.state}”: it can be changed only as a draft or in review.")


def check_submit(actor: Actor, batch: BatchFacts) -> None:
    require_role(actor, Role.ADMIN, act="submit a batch")
    if batch.state is not BatchState.REVIEW:
        raise StateConflict(f"The batch is “{batch.state}”: only a batch in review can be submitted.")


def check_withdraw(actor: Actor, batch: BatchFacts) -> None:
    require_role(actor, Role.ADMIN, act="withdraw a batch")
    if batch.state is not BatchState.SUBMITTED:
        raise StateConflict(f"The batch is “{batch.state}”: only a submitted batch can be withdrawn.")
    if actor.id not in batch.maker_ids:
        raise NotAllowed("Only a person who made this batch can withdraw it.")


def check_decide(actor: Actor, batch: BatchFacts) -> None:
    """Approve or send back. Never by anyone who had a hand in the batch; no role is exempt."""
    require_role(actor, Role.APPROVER, act="decide about a batch")
    if batch.state is not BatchState.SUBMITTED:
        raise StateConflict(f"The batch is “{batch.state}”: nothing is waiting for a decision.")
    if actor.id in batch.maker_ids:
        raise NotAllowed("You made or changed this batch. Another approver must decide about it.")


def check_rerun(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, act="run failed rows again")


def check_control_run(actor: Actor, run_state: RunState) -> None:
    require_role(actor, Role.ADMIN, Role.APPROVER, act="pause, stop or resume a run")
    if run_state is RunState.SETTLED:
        raise StateConflict("The run has ended: there is nothing to pause, stop or resume.")


def check_cancel_run(actor: Actor, run_state: RunState) -> None:
    require_role(actor, Role.ADMIN, Role.APPROVER, act="cancel what was not sent")
    if run_state is RunState.SETTLED:
        raise StateConflict("The run has ended: there is nothing left to cancel.")


def check_freeze(actor: Actor) -> None:
    """One person is enough to stop everything, for it can be undone; it takes two to go on."""
    require_role(actor, Role.APPROVER, Role.OWNER, act="freeze all sending")


def check_propose_release(actor: Actor) -> None:
    require_role(actor, Role.APPROVER, Role.OWNER, act="release the freeze")


def check_confirm_release(actor: Actor, proposed_by_id: int) -> None:
    require_role(actor, Role.APPROVER, Role.OWNER, act="release the freeze")
    if actor.id == proposed_by_id:
        raise NotAllowed("You proposed the release. Another approver or owner must confirm it.")


def check_export(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.APPROVER, Role.AUDITOR, act="export a batch")


def can_see_personal_data(actor: Actor, batch: BatchFacts) -> bool:
    """Makers see their own batch in full, approvers one that waits for them; everybody else sees masks."""
    reviewing = Role.APPROVER in actor.roles and batch.state is BatchState.SUBMITTED
    return reviewing or (Role.ADMIN in actor.roles and actor.id in batch.maker_ids)


def check_manage_accounts(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="change reward accounts")


def check_try_login(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.OWNER, act="try EnKash's login again")


can_view = permits(check_view)
can_upload = permits(check_upload)
can_edit = permits(check_edit)
can_submit = permits(check_submit)
can_withdraw = permits(check_withdraw)
can_decide = permits(check_decide)
can_rerun = permits(check_rerun)
can_control_run = permits(check_control_run)
can_cancel_run = permits(check_cancel_run)
can_freeze = permits(check_freeze)
can_propose_release = permits(check_propose_release)
can_confirm_release = permits(check_confirm_release)
can_export = permits(check_export)
can_manage_accounts = permits(check_manage_accounts)
