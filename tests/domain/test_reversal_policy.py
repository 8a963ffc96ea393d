from itertools import product

import pytest

from allocations.domain.policy import Actor, Role
from allocations.domain.reversal_policy import ReversalFacts, can_decide, can_request, can_resume, can_withdraw
from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState

MAKER, OTHER = 1, 2


def actor(role: Role, number: int = OTHER) -> Actor:
    return Actor(id=number, name="Asha", roles=frozenset({role}))


@pytest.mark.parametrize(("role", "state"), list(product(Role, RowState)))
def test_an_admin_asks_for_points_of_a_credited_row(role: Role, state: RowState) -> None:
    assert can_request(actor(role), state) is (role is Role.ADMIN and state is RowState.CREDITED)
    assert not can_request(actor(role), state, is_erased=True)


@pytest.mark.parametrize(("role", "state", "number"), list(product(Role, ReversalState, (MAKER, OTHER))))
def test_another_approver_decides_what_is_proposed(role: Role, state: ReversalState, number: int) -> None:
    expected = role is Role.APPROVER and state is ReversalState.PROPOSED and number == OTHER
    assert can_decide(actor(role, number), ReversalFacts(state, MAKER)) is expected


@pytest.mark.parametrize(("role", "state", "number"), list(product(Role, ReversalState, (MAKER, OTHER))))
def test_who_asked_withdraws_before_it_is_sent(role: Role, state: ReversalState, number: int) -> None:
    early = state in {ReversalState.PROPOSED, ReversalState.APPROVED}
    assert can_withdraw(actor(role, number), ReversalFacts(state, MAKER)) is (
        role is Role.ADMIN and early and number == MAKER
    )


@pytest.mark.parametrize(("role", "state", "held"), list(product(Role, ReversalState, (True, False))))
def test_makers_and_approvers_resume_what_is_held_or_disputed(role: Role, state: ReversalState, held: bool) -> None:
    expected = role in {Role.ADMIN, Role.APPROVER} and (held or state is ReversalState.DISPUTED)
    assert can_resume(actor(role), ReversalFacts(state, MAKER, is_held=held)) is expected
