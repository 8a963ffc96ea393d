"""What others decide about one digest: as many approvals as its policy asks for, or one to send it back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from allocations.domain import policy
from allocations.domain.accepting import check_seen
from allocations.domain.approval_policies import check_in_force
from allocations.domain.approver_groups import check_can_count, is_enough
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.questions import check_none_open
from allocations.domain.roster import check_settled_in
from allocations.domain.samples import check_opened
from allocations.domain.schedule import still_ahead
from allocations.domain.states import BATCH, BatchEvent, BatchState, move
from allocations.gateway import database_now
from allocations.models import Batch, Run, Vote
from allocations.selectors.accepting import to_be_seen
from allocations.selectors.approval_policies import in_force
from allocations.selectors.approvals import facts_of, own_row
from allocations.selectors.approver_groups import members_of
from allocations.selectors.questions import open_questions, with_open_question
from allocations.selectors.roster import approver_since
from allocations.selectors.samples import must_be_opened, opened_rows, sample_of
from allocations.selectors.votes import asked_of, holding_of_group, run_begun_by
from allocations.services import predecessors, runs, submission, trail
from allocations.services.approval_policies import check_approved_limits
from allocations.services.locks import locked_batch


def approve_batch(actor: Actor, *, batch_id: int, version: int, digest: str, seen: Collection[str] = ()) -> Run | None:
    """Approves exactly the content that the page showed. The last approval that is needed queues the run; None: another
    approver has to approve too. A repeated click returns the same run.

    `seen`: what the actor ticked of selectors.accepting.to_be_seen.
    """
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        begun = run_begun_by(batch, voter_id=actor.id, digest=digest)
        if begun:
            return begun
        check_voter(actor, batch, version=version, digest=digest, now=now)
        check_of_group(actor, batch, now=now)
        policy.check_gets_nothing(own_row(batch, user_id=actor.id))
        check_known(actor, now=now)
        predecessors.check_predecessors(batch_id)
        check_none_open(open_questions(batch).count())
        kinds = to_be_seen(batch)
        check_seen(kinds, seen)
        sample = must_be_opened(batch, sample_of(batch))
        check_opened(sample, opened_rows(batch, actor.id))
        looked_at = _looked_at(kinds, sample)
        agreed = in_force()
        check_in_force(batch.policy, agreed.number)
        check_approved_limits(batch, agreed.terms, now=now)
        Vote.objects.create(
            batch=batch,
            version=version,
            digest=digest,
            decision="approve",
            sample_rows=len(sample),
            voted_by_id=actor.id,
            voted_at=now,
        )
        holding = holding_of_group(batch, now=now)
        if not is_enough(asked_of(batch), list(holding.values())):
            counts = {"approvals": len(holding), "needed": batch.approvers}
            _note(batch, "batch approval given", actor=actor, now=now, **counts, **looked_at)
            return None
        _approve(batch, actor, now=now)
        by = {"approvers": sorted(holding), "policy": batch.policy, **_of_group(batch, holding)}
        _note(batch, "batch approved", actor=actor, now=now, **by, **looked_at)
        batch.refresh_from_db()
        return runs.create_run(batch, actor=actor, now=now, start_at=still_ahead(batch.start_at, now=now))


def _looked_at(kinds: Collection[str], sample: Collection[int]) -> dict[str, list[Any]]:
    """For the trail: what was ticked as seen, and the rows that were opened."""
    noted: dict[str, list[Any]] = {"seen": sorted(kinds), "sample": sorted(sample)}
    return {name: found for name, found in noted.items() if found}


def _of_group(batch: Batch, holding: Mapping[int, bool]) -> dict[str, Any]:
    """For the trail: who of them is of the group that was asked for."""
    if not batch.approvers_group:
        return {}
    return {"group": batch.approvers_group, "of_group": sorted(who for who, is_of in holding.items() if is_of)}


def _approve(batch: Batch, actor: Actor, *, now: datetime) -> None:
    same = Batch.objects.filter(
        pk=batch.pk,
        state=BatchState.SUBMITTED,
        version=batch.version,
        digest=batch.digest,
        approvers=batch.approvers,
        approvers_group=batch.approvers_group,
    )
    approved = same.exclude(with_open_question()).update(
        state=move(BATCH, BatchState.SUBMITTED, BatchEvent.APPROVE),
        approved_by=actor.id,
        approved_at=now,
        changed_at=now,
    )
    if not approved:
        raise StateConflict("The list changed since you opened it. Open it again to see what it is now.")


def send_back_batch(actor: Actor, *, batch_id: int, version: int, digest: str, reason: str) -> Batch:
    """Back to the makers, with a reason that they can act on."""
    if not reason.strip():
        raise InvalidInput("The reason is empty. Say what has to change.")
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        check_voter(actor, batch, version=version, digest=digest, now=now)
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
        _note(batch, "batch sent back", actor=actor, now=now, digest=digest, reason=reason.strip())
    return batch


def _note(batch: Batch, event: str, *, actor: Actor, now: datetime, **data: Any) -> None:
    said = {"version": batch.version, "digest": batch.digest} | data
    trail.write_entry(event, at=now, object_type="batch", object_id=batch.pk, batch_id=batch.pk, actor=actor, **said)


def check_voter(actor: Actor, batch: Batch, *, version: int, digest: str, now: datetime) -> None:
    """Whoever decides about the content that the page showed, or asks about it."""
    if batch.state == BatchState.APPROVED:
        raise StateConflict(f"Already decided: {batch.approved_by} approved it.")
    policy.check_decide(actor, facts_of(batch))
    if batch.version != version or batch.digest != digest:
        raise StateConflict("The list changed since you opened it. Open it again to see what it is now.")
    check_settled_in(approver_since(actor.id), now=now)


def check_of_group(actor: Actor, batch: Batch, *, now: datetime) -> None:
    """Whether an approval of theirs could be one that is needed. Who is not of the group can send it back and ask."""
    holding = list(holding_of_group(batch, now=now).values())
    check_can_count(asked_of(batch), holding, is_member=actor.id in members_of(batch.approvers_group))
