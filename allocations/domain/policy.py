"""Who may do what in which state. `check_*` raises the sentence for the user; `can_*` is its bool twin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from allocations.domain.errors import DomainError, InvalidInput, NotAllowed, StateConflict
from allocations.domain.marks import gettext_noop
from allocations.domain.retention import check_not_erased
from allocations.domain.states import BatchState, RunState


class Role(StrEnum):
    ADMIN = "admin"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. Roles come from groups only: a superuser without a role may do nothing here.

    `withheld`: roles that are theirs, but not before they have a second factor. `known_at`: when they last showed who
    they are; None where nothing says so. `token_id`: of the API token with which a program acts for them.
    """

    id: int
    name: str
    roles: frozenset[Role]
    withheld: frozenset[Role] = frozenset()
    known_at: datetime | None = None
    token_id: int | None = None


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What decides who may act on a batch. `maker_ids`: everyone who uploaded, edited or submitted it; `voter_ids`: who
    approved the content that waits for a second approval."""

    state: BatchState
    maker_ids: frozenset[int]
    uploaded_by_id: int
    submitted_by_id: int | None = None
    is_erased: bool = False
    voter_ids: frozenset[int] = frozenset()


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


# Whoever decides about points or people proves it is them with more than a password.
NEED_SECOND_FACTOR = frozenset({Role.APPROVER, Role.OWNER})


def require_role(actor: Actor, *roles: Role, act: str) -> None:
    if actor.roles.intersection(roles):
        return
    names = " or ".join(roles)
    if actor.withheld.intersection(roles):
        raise NotAllowed(f"To {act} you need a second factor beside your password. Set one up under Security.")
    raise NotAllowed(f"To {act} you need the role {names}. An owner can give it to you.")


def check_view(actor: Actor, *, proposed: str = "") -> None:
    """`proposed`: the role that waits for an owner's confirmation, of somebody who has none yet."""
    if proposed and not (actor.roles or actor.withheld):
        raise NotAllowed(
            f"You are to get the role {proposed}: an owner has yet to confirm it on the page People. Then come back."
        )
    require_role(actor, *Role, act="see batches")


def check_upload(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, act="upload a list")


def check_edit(actor: Actor, batch: BatchFacts) -> None:
    """Edit: upload again, map columns, leave rows out. Only before submission."""
    require_role(actor, Role.ADMIN, act="change a batch")
    if batch.state not in {BatchState.DRAFT, BatchState.REVIEW}:
        raise StateConflict(f"The batch is “{batch.state}”: it can be changed only as a draft or in review.")
    check_not_erased(is_erased=batch.is_erased)


def check_correct(actor: Actor, batch: BatchFacts) -> None:
    """Rows out in full and back corrected: only for makers, who see them in full here as well."""
    check_edit(actor, batch)
    if not can_see_personal_data(actor, batch):
        raise NotAllowed(
            "Only people who made or changed this batch see its rows in full, so only they correct them in a workbook. "
            "You can change single cells here."
        )


def check_people(actor: Actor, batch: BatchFacts) -> None:
    """The people of a batch, in full, as the beginning of another list."""
    check_upload(actor)
    if not can_see_personal_data(actor, batch):
        raise NotAllowed("Only people who made or changed this batch see its people in full, so only they get them.")
    check_not_erased(is_erased=batch.is_erased)


def check_submit(actor: Actor, batch: BatchFacts) -> None:
    require_role(actor, Role.ADMIN, act="submit a batch")
    if batch.state is not BatchState.REVIEW:
        raise StateConflict(f"The batch is “{batch.state}”: only a batch in review can be submitted.")
    check_not_erased(is_erased=batch.is_erased)


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
        raise NotAllowed(gettext_noop("You made or changed this batch. Another approver must decide about it."))
    if actor.id in batch.voter_ids:
        raise StateConflict(
            gettext_noop(
                "You approved this content already: another approver must decide now. To stop it, or to begin anew "
                "when your approval has lapsed, ask another approver to send it back, or its maker to withdraw it."
            )
        )


def check_gets_nothing(own_row: int | None) -> None:
    """Nobody decides about points of their own, whether they are given, were given, or are taken back. `own_row`: the
    number of a row with the approver's own e-mail address."""
    if own_row is not None:
        raise NotAllowed(f"Row {own_row} has your own e-mail address. Another approver must decide about it.")


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
        raise NotAllowed(gettext_noop("You proposed the release. Another approver or owner must confirm it."))


def check_export(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.APPROVER, Role.AUDITOR, act="export a batch")


def check_audit(actor: Actor) -> None:
    require_role(actor, Role.AUDITOR, Role.OWNER, act="see how the trail is sealed")


def check_reveal(actor: Actor, batch: BatchFacts, *, reason: str) -> None:
    """Personal data outside of one's own work: an auditor may see it and says why."""
    if can_see_personal_data(actor, batch):
        return
    require_role(actor, Role.AUDITOR, act="see the recipients' details of this batch")
    if not reason.strip():
        raise InvalidInput("The reason is empty. Say why you need the recipients' details: it is kept in the trail.")


def can_see_personal_data(actor: Actor, batch: BatchFacts) -> bool:
    """Makers see their own batch in full, approvers one that waits for them; everybody else sees masks."""
    reviewing = Role.APPROVER in actor.roles and batch.state is BatchState.SUBMITTED
    return reviewing or (Role.ADMIN in actor.roles and actor.id in batch.maker_ids)


def check_manage_accounts(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="change reward accounts")


def check_mark_difference(actor: Actor) -> None:
    """To say of a difference in EnKash's answers that it is known or mended: runs may go on then."""
    require_role(actor, Role.OWNER, act="mark a difference in EnKash's answers")


def check_contract_report(actor: Actor) -> None:
    """It names no recipient, so whoever works here may have it."""
    require_role(actor, *Role, act="export what EnKash does that its documentation does not say")


def check_try_login(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.OWNER, act="try EnKash's login again")


can_view = permits(check_view)
can_upload = permits(check_upload)
can_edit = permits(check_edit)
can_correct = permits(check_correct)
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
can_audit = permits(check_audit)
can_manage_accounts = permits(check_manage_accounts)
can_mark_difference = permits(check_mark_difference)
