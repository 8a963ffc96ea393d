"""Who may do what with a reversal. `check_*` raises the sentence for the user; `can_*` is its bool twin."""

from dataclasses import dataclass

from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.policy import Actor, Role, permits, require_role
from allocations.domain.retention import check_not_erased
from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState


@dataclass(frozen=True, slots=True)
class ReversalFacts:
    """What decides who may act. `is_held`: it waits for people before the next call."""

    state: ReversalState
    requested_by_id: int
    is_held: bool = False


def check_request(actor: Actor, row_state: RowState, *, is_erased: bool = False) -> None:
    require_role(actor, Role.ADMIN, act="take points back")
    if row_state is not RowState.CREDITED:
        raise StateConflict(f"The row is “{row_state}”: only points of a credited row can be taken back.")
    check_not_erased(is_erased=is_erased)


def check_decide(actor: Actor, reversal: ReversalFacts) -> None:
    """Approve or reject. Never by the person who asked for it; no role is exempt."""
    require_role(actor, Role.APPROVER, act="decide about a reversal")
    if reversal.state is not ReversalState.PROPOSED:
        raise StateConflict(f"The reversal is “{reversal.state}”: nothing is waiting for a decision.")
    if actor.id == reversal.requested_by_id:
        raise NotAllowed("You asked for this reversal. Another approver must decide about it.")


def check_withdraw(actor: Actor, reversal: ReversalFacts) -> None:
    require_role(actor, Role.ADMIN, act="withdraw a reversal")
    if reversal.state not in {ReversalState.PROPOSED, ReversalState.APPROVED}:
        raise StateConflict(f"The reversal is “{reversal.state}”: it can no longer be withdrawn.")
    if actor.id != reversal.requested_by_id:
        raise NotAllowed("Only the person who asked for this reversal can withdraw it.")


def check_resume(actor: Actor, reversal: ReversalFacts) -> None:
    """Send a held reversal after all, or have EnKash asked again about a disputed one."""
    require_role(actor, Role.ADMIN, Role.APPROVER, act="resume a reversal")
    if not reversal.is_held and reversal.state is not ReversalState.DISPUTED:
        raise StateConflict(f"The reversal is “{reversal.state}” and waits for nobody: there is nothing to resume.")


can_request = permits(check_request)
can_decide = permits(check_decide)
can_withdraw = permits(check_withdraw)
can_resume = permits(check_resume)
