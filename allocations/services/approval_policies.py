"""Changing the approval policy: an owner proposes terms, another owner or approver confirms them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from allocations.domain import approval_policies as rules
from allocations.domain.approval_policies import FIRST, Terms
from allocations.domain.decisions import ProposalState
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.domain.roster import check_settled_in
from allocations.gateway import database_now
from allocations.models import Account, ApprovalPolicy, Batch
from allocations.selectors.approval_policies import (
    against_limits,
    against_submitting,
    ceilings,
    in_force,
    proposed_policy,
    terms_of,
)
from allocations.selectors.approver_groups import group_names
from allocations.selectors.roster import approver_since, is_owner
from allocations.services import trail
from allocations.services.roles import actor_now
from allocations.services.row_limits import check_approved_people


def propose_policy(actor: Actor, *, terms: Terms, note: str) -> ApprovalPolicy:
    """It changes nothing until another person confirms it. The same again is the proposal that is there."""
    now, note = database_now(), note.strip()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        rules.check_propose(actor)
        rules.check_terms(terms, now=in_force().terms, groups=group_names(), **ceilings())
        rules.check_note(note)
        check_known(actor, now=now)
        waiting = proposed_policy()
        if waiting and (waiting.proposed_by_id, terms_of(waiting), waiting.note) == (actor.id, terms, note):
            return waiting
        if waiting:
            raise StateConflict("Another policy is proposed already. Confirm or reject it first.")
        proposal = ApprovalPolicy.objects.create(**asdict(terms), note=note, proposed_by_id=actor.id, proposed_at=now)
        _note("approval policy proposed", proposal, actor=actor, now=now, terms=asdict(terms), note=note)
    return proposal


def confirm_policy(actor: Actor, *, policy_id: int) -> ApprovalPolicy:
    """From its commit on it is in force."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        policy = _locked(policy_id)
        if (policy.state, policy.decided_by_id) == (ProposalState.CONFIRMED, actor.id):
            return policy
        by_an_owner = is_owner(policy.proposed_by_id)
        rules.check_confirm(actor, proposed_by_id=policy.proposed_by_id, by_an_owner=by_an_owner)
        if Role.OWNER not in actor.roles:
            check_settled_in(approver_since(actor.id), now=now)
        check_known(actor, now=now)
        newest = ApprovalPolicy.objects.aggregate(newest=Max("number", default=FIRST))["newest"]
        _decide(policy, ProposalState.CONFIRMED, now=now, decided_by=actor.id, number=newest + 1)
        policy.refresh_from_db()
        _note(
            "approval policy confirmed",
            policy,
            actor=actor,
            now=now,
            number=policy.number,
            terms=asdict(terms_of(policy)),
            proposed_by=policy.proposed_by_id,
        )
    return policy


def refuse_policy(actor: Actor, *, policy_id: int) -> ApprovalPolicy:
    """By the proposer it is a withdrawal. Saying no needs nobody else."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = actor_now(actor)
        rules.check_decide_proposed(actor)
        policy = _locked(policy_id)
        is_own = actor.id == policy.proposed_by_id
        state = ProposalState.WITHDRAWN if is_own else ProposalState.REFUSED
        if policy.state == state:
            return policy
        _decide(policy, state, now=now, decided_by=None if is_own else actor.id)
        event = "approval policy withdrawn" if is_own else "approval policy rejected"
        _note(event, policy, actor=actor, now=now, proposed_by=policy.proposed_by_id)
    return policy


def _locked(policy_id: int) -> ApprovalPolicy:
    found = ApprovalPolicy.objects.select_for_update().filter(pk=policy_id).first()
    if found is None:
        raise InvalidInput(f"There is no proposed policy {policy_id}.")
    return found


def _decide(policy: ApprovalPolicy, state: ProposalState, *, now: datetime, **changes: Any) -> None:
    waiting = ApprovalPolicy.objects.filter(pk=policy.pk, state=ProposalState.OPEN)
    if not waiting.update(state=state, decided_at=now, **changes):
        raise StateConflict(f"This policy is decided already: it was {ProposalState(policy.state).word}.")


def _note(event: str, policy: ApprovalPolicy, *, actor: Actor, now: datetime, **data: Any) -> None:
    trail.write_entry(event, at=now, object_type="approval policy", object_id=policy.pk, actor=actor, **data)


# What a batch has to keep ---------------------------------------------------------------------------------------------


def check_submitted_limits(batch: Batch, terms: Terms) -> None:
    """Raises InvalidInput. Of the day's limit only whether the batch alone keeps it: it counts when it is approved."""
    if sentence := against_submitting(batch, terms):
        raise InvalidInput(sentence)


def check_approved_limits(batch: Batch, terms: Terms, *, now: datetime) -> None:
    """Raises StateConflict. Approvals from one account wait for each other, so that two cannot both fill its day; those
    of any accounts where a person's month has a limit."""
    Account.objects.select_for_update(no_key=True).only("pk").get(pk=batch.account_id)
    if sentence := against_limits(batch, terms, at=now):
        raise StateConflict(sentence)
    check_approved_people(batch, terms, now=now)
