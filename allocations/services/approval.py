"""The second person's decision on one digest."""

from collections.abc import Collection

from django.db import transaction

from allocations.domain import policy
from allocations.domain.accepting import check_seen
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.roster import check_settled_in
from allocations.domain.schedule import still_ahead
from allocations.domain.states import BATCH, BatchEvent, BatchState, move
from allocations.gateway import database_now
from allocations.models import Batch, Run, Vote
from allocations.selectors.accepting import to_be_seen
from allocations.selectors.approvals import facts_of, own_row
from allocations.selectors.roster import approver_since
from allocations.services import predecessors, runs, submission, trail
from allocations.services.locks import locked_batch


def approve_batch(actor: Actor, *, batch_id: int, version: int, digest: str, seen: Collection[str] = ()) -> Run:
    """Approves exactly the content that the page showed; queues its run. A repeated click returns the same run.

    `seen`: what the actor ticked of selectors.accepting.to_be_seen.
    """
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        repeated = _repeated(batch, actor, digest)
        if repeated:
            return repeated
        _check_vote(actor, batch, version=version, digest=digest)
        check_settled_in(approver_since(actor.id), now=now)
        policy.check_gets_nothing(own_row(batch, user_id=actor.id))
        check_known(actor, now=now)
        predecessors.check_predecessors(batch_id)
        kinds = to_be_seen(batch)
        check_seen(kinds, seen)
        Vote.objects.create(
            batch=batch, version=version, digest=digest, decision="approve", voted_by_id=actor.id, voted_at=now
        )
        approved = Batch.objects.filter(pk=batch_id, state=BatchState.SUBMITTED, version=version, digest=digest).update(
            state=move(BATCH, BatchState.SUBMITTED, BatchEvent.APPROVE),
            approved_by=actor.id,
            approved_at=now,
            changed_at=now,
        )
        if not approved:
            raise StateConflict("The list changed since you opened it. Open it again to see what it is now.")
        trail.write_entry(
            "batch approved",
            at=now,
            object_type="batch",
            object_id=batch_id,
            batch_id=batch_id,
            actor=actor,
            version=version,
            digest=digest,
            **({"seen": sorted(kinds)} if kinds else {}),
        )
        batch.refresh_from_db()
        return runs.create_run(batch, actor=actor, now=now, start_at=still_ahead(batch.start_at, now=now))


def send_back_batch(actor: Actor, *, batch_id: int, version: int, digest: str, reason: str) -> Batch:
    """Back to the makers, with a reason that they can act on."""
    if not reason.strip():
        raise InvalidInput("The reason is empty. Say what has to change.")
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        _check_vote(actor, batch, version=version, digest=digest)
        check_settled_in(approver_since(actor.id), now=now)
        Vote.objects.create(
            batch=batch,
            version=version,
            digest=digest,
            decision="send_back",
            reason=reason.strip(),
            voted_by_id=actor.id,
            voted_at=now,
        )
        submission.thaw(batch, BatchEvent.SEND_BACK, reason=reason.strip())
        trail.write_entry(
            "batch sent back",
            at=now,
            object_type="batch",
            object_id=batch_id,
            batch_id=batch_id,
            actor=actor,
            version=version,
            digest=digest,
            reason=reason.strip(),
        )
    return batch


def _repeated(batch: Batch, actor: Actor, digest: str) -> Run | None:
    same = batch.state == BatchState.APPROVED and batch.approved_by_id == actor.id and batch.digest == digest
    return batch.runs.filter(generation=1).first() if same else None


def _check_vote(actor: Actor, batch: Batch, *, version: int, digest: str) -> None:
    if batch.state == BatchState.APPROVED:
        raise StateConflict(f"Already decided: {batch.approved_by} approved it.")
    policy.check_decide(actor, facts_of(batch))
    if batch.version != version or batch.digest != digest:
        raise StateConflict("The list changed since you opened it. Open it again to see what it is now.")
