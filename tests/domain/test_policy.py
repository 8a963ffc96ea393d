"""Roles x states x relation to the batch: who may do what."""

from dataclasses import replace
from itertools import product

import pytest

from allocations.domain import policy
from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.states import BatchState, RunState

MAKER, OTHER = 1, 2
RELATIONS = {"maker": MAKER, "other": OTHER}
SETS = [frozenset(), *(frozenset({role}) for role in Role), frozenset({Role.ADMIN, Role.APPROVER}), frozenset(Role)]
BATCH_CASES = list(product(SETS, BatchState, RELATIONS))
EDITABLE = {BatchState.DRAFT, BatchState.REVIEW}


def actor(roles, relation: str = "other") -> Actor:
    return Actor(RELATIONS[relation], "Asha", frozenset(roles))


def facts(state: BatchState) -> BatchFacts:
    return BatchFacts(state=state, maker_ids=frozenset({MAKER}), uploaded_by_id=MAKER)


@pytest.mark.parametrize(("roles", "state", "relation"), BATCH_CASES)
def test_batch_acts_are_open_to_exactly_these(roles, state, relation) -> None:
    who, batch = actor(roles, relation), facts(state)
    is_admin, maker, submitted = Role.ADMIN in roles, relation == "maker", state is BatchState.SUBMITTED
    assert policy.can_edit(who, batch) == (is_admin and state in EDITABLE)
    assert policy.can_submit(who, batch) == (is_admin and state is BatchState.REVIEW)
    assert policy.can_withdraw(who, batch) == (is_admin and submitted and maker)
    assert policy.can_decide(who, batch) == (Role.APPROVER in roles and submitted and not maker)


def test_a_batch_without_its_people_is_not_taken_up_again() -> None:
    batch = replace(facts(BatchState.REVIEW), is_erased=True)
    assert not policy.can_edit(actor({Role.ADMIN}), batch)
    assert not policy.can_submit(actor({Role.ADMIN}), batch)


@pytest.mark.parametrize("roles", SETS)
def test_other_acts_need_only_a_role(roles) -> None:
    who = actor(roles)
    assert policy.can_view(who) == bool(roles)
    assert policy.can_upload(who) == policy.can_rerun(who) == (Role.ADMIN in roles)
    assert policy.can_export(who) == bool(roles & {Role.ADMIN, Role.APPROVER, Role.AUDITOR})
    assert policy.can_manage_accounts(who) == (Role.OWNER in roles)


@pytest.mark.parametrize(("roles", "state"), list(product(SETS, RunState)))
def test_control_run_is_open_until_the_run_has_ended(roles, state) -> None:
    allowed = bool(roles & {Role.ADMIN, Role.APPROVER}) and state is not RunState.SETTLED
    assert policy.can_control_run(actor(roles), state) == allowed


@pytest.mark.parametrize(("roles", "state"), list(product(SETS, RunState)))
def test_cancel_run_is_open_until_the_run_has_ended(roles, state) -> None:
    allowed = bool(roles & {Role.ADMIN, Role.APPROVER}) and state is not RunState.SETTLED
    assert policy.can_cancel_run(actor(roles), state) == allowed


@pytest.mark.parametrize("roles", SETS)
def test_freezing_needs_one_person_and_releasing_another(roles) -> None:
    who = actor(roles, "other")
    allowed = bool(roles & {Role.APPROVER, Role.OWNER})
    assert policy.can_freeze(who) == policy.can_propose_release(who) == allowed
    assert policy.can_confirm_release(who, MAKER) == allowed
    assert not policy.can_confirm_release(who, OTHER)


def test_check_decide_tells_a_maker_why() -> None:
    with pytest.raises(NotAllowed, match=r"^You made or changed this batch\. Another approver must decide about it\.$"):
        policy.check_decide(actor(Role, "maker"), facts(BatchState.SUBMITTED))


def test_check_names_the_role_that_is_missing() -> None:
    with pytest.raises(NotAllowed, match=r"^To upload a list you need the role admin\. An owner can give it to you\.$"):
        policy.check_upload(actor([Role.AUDITOR]))


def test_check_control_run_says_that_the_run_has_ended() -> None:
    with pytest.raises(StateConflict, match=r"^The run has ended"):
        policy.check_control_run(actor([Role.ADMIN]), RunState.SETTLED)


@pytest.mark.parametrize(
    ("actor_id", "roles", "state", "in_full"),
    [
        (1, {Role.ADMIN}, BatchState.APPROVED, True),
        (1, {Role.AUDITOR}, BatchState.APPROVED, False),
        (2, {Role.ADMIN}, BatchState.APPROVED, False),
        (2, {Role.APPROVER}, BatchState.SUBMITTED, True),
        (2, {Role.APPROVER}, BatchState.APPROVED, False),
        (2, {Role.OWNER, Role.AUDITOR}, BatchState.SUBMITTED, False),
    ],
)
def test_only_makers_and_deciding_approvers_see_personal_data(actor_id, roles, state, in_full) -> None:
    assert policy.can_see_personal_data(Actor(actor_id, "Asha", frozenset(roles)), facts(state)) is in_full
