"""The switch that stops all sending. One person freezes; a release is proposed by one and confirmed by another."""

from django.db import IntegrityError, transaction

from allocations import queue
from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.reversals import WORKED_ON
from allocations.domain.states import RunState
from allocations.gateway import database_now
from allocations.models import Freeze, Reversal, Run
from allocations.services import trail

LONGEST_REASON = 500


def freeze_sending(actor: Actor, *, reason: str) -> Freeze:
    """From its commit on no intent is written. While it is frozen already, the freeze that is there."""
    policy.check_freeze(actor)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput(f"Say why sending is to stop, in 1 to {LONGEST_REASON} characters.")
    now = database_now()
    with transaction.atomic(durable=True):
        # An intent is written under the lock of its run or reversal: those on their way are through now, later ones
        # see the freeze.
        open_runs = Run.objects.exclude(state=RunState.SETTLED).order_by("pk")
        list(open_runs.select_for_update(no_key=True).values_list("pk"))
        going = Reversal.objects.filter(state__in=WORKED_ON).order_by("pk")
        list(going.select_for_update(no_key=True).values_list("pk"))
        try:
            with transaction.atomic():
                freeze = Freeze.objects.create(frozen_by_id=actor.id, frozen_at=now, reason=reason)
        except IntegrityError:
            # Somebody else was faster, perhaps just now: one freeze is open at most.
            return Freeze.objects.get(is_open=True)
        trail.write_entry(
            "sending frozen", at=now, object_type="freeze", object_id=freeze.pk, actor=actor, reason=reason
        )
    return freeze


def propose_release(actor: Actor, *, freeze_id: int) -> None:
    """The first of two people says that sending may go on."""
    policy.check_propose_release(actor)
    now = database_now()
    with transaction.atomic(durable=True):
        freeze = _locked(freeze_id)
        if freeze.release_proposed_by_id == actor.id:
            return
        _insist_on_open(freeze)
        if freeze.release_proposed_by is not None:
            raise StateConflict(f"{freeze.release_proposed_by} has proposed the release. Confirm it instead.")
        Freeze.objects.filter(pk=freeze_id, is_open=True, release_proposed_by=None).update(
            release_proposed_by=actor.id, release_proposed_at=now
        )
        trail.write_entry("release proposed", at=now, object_type="freeze", object_id=freeze_id, actor=actor)


def withdraw_proposal(actor: Actor, *, freeze_id: int) -> None:
    """Anybody who may freeze can say no to a release, whoever proposed it."""
    policy.check_freeze(actor)
    now = database_now()
    with transaction.atomic(durable=True):
        freeze = _locked(freeze_id)
        _insist_on_open(freeze)
        if freeze.release_proposed_by_id is None:
            return
        Freeze.objects.filter(pk=freeze_id, is_open=True).update(release_proposed_by=None, release_proposed_at=None)
        trail.write_entry(
            "release withdrawn" if freeze.release_proposed_by_id == actor.id else "release rejected",
            at=now,
            object_type="freeze",
            object_id=freeze_id,
            actor=actor,
            proposed_by=freeze.release_proposed_by_id,
        )


def confirm_release(actor: Actor, *, freeze_id: int) -> None:
    """The second person: from now on everything that runs goes on."""
    now = database_now()
    with transaction.atomic(durable=True):
        freeze = _locked(freeze_id)
        if freeze.released_by_id == actor.id:
            return
        _insist_on_open(freeze)
        if freeze.release_proposed_by_id is None:
            raise StateConflict("Nobody proposes the release any more. Propose it; another person then confirms it.")
        policy.check_confirm_release(actor, freeze.release_proposed_by_id)
        check_known(actor, now=now)
        Freeze.objects.filter(pk=freeze_id, is_open=True, release_proposed_by=freeze.release_proposed_by_id).update(
            is_open=False, released_by=actor.id, released_at=now
        )
        trail.write_entry(
            "sending released",
            at=now,
            object_type="freeze",
            object_id=freeze_id,
            actor=actor,
            proposed_by=freeze.release_proposed_by_id,
        )
        for run_id in Run.objects.filter(state__in=(RunState.QUEUED, RunState.RUNNING)).values_list("pk", flat=True):
            queue.ring_run(run_id)


def _locked(freeze_id: int) -> Freeze:
    freeze = Freeze.objects.select_for_update().filter(pk=freeze_id).first()
    if freeze is None:
        raise InvalidInput(f"There is no freeze {freeze_id}.")
    return freeze


def _insist_on_open(freeze: Freeze) -> None:
    if not freeze.is_open:
        raise StateConflict(f"Sending goes on already: {freeze.released_by} released the freeze.")
