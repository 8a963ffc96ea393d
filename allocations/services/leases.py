"""Leases with epochs: who may work on a lane and a chunk, and how a worker learns that it no longer may.

A claim is one conditional UPDATE whose row count decides, and it raises the epoch; every later write of the
holder names its epoch, so a worker that was thought dead changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from allocations.domain.states import RunState
from allocations.gateway import Gateway
from allocations.models import Chunk, Lane, Run
from allocations.models.runs import ChunkState


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one chunk until `expires_at`. `abandoned_at`: end of the lease that was taken over.
    `fresh`: no row of the chunk was ever sent or decided."""

    run_id: int
    chunk_id: int
    epoch: int
    lane_id: int
    lane_epoch: int
    owner: str
    expires_at: datetime
    abandoned_at: datetime | None
    fresh: bool = False


def free(now: datetime) -> Q:
    """Held by nobody, or by somebody whose time is over."""
    return Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=now)


def due(now: datetime) -> Q:
    """Not waiting for a later instant."""
    return Q(next_action_at__isnull=True) | Q(next_action_at__lte=now)


def claim_next_chunk(run_id: int, *, gateway: Gateway, done: Claim | None = None) -> Claim | None:
    """The next chunk of the run with something to do now, or None. Takes a lane of the account with it.

    `done`: what this worker held before. It is released with the same commit. The run is not locked, so a claim may
    come after a pause: the intent asks again.
    """
    now = gateway.clock()
    with transaction.atomic(durable=True):
        run = (
            Run.objects.filter(due(now), pk=run_id, state=RunState.RUNNING)
            .select_related("batch")
            .only("state", "batch__account_id")
            .first()
        )
        if done:
            _give_back(done)
        chunk = run and _next_chunk(run.pk, now)
        former = done.lane_id if done else None
        lane = chunk and run and _claim_lane(run.batch.account_id, former=former, now=now, gateway=gateway)
        if not (run and chunk and lane):
            return None
        return _claim_chunk(chunk, lane, now=now, gateway=gateway)


def _next_chunk(run_id: int, now: datetime) -> Chunk | None:
    return (
        Chunk.objects.filter(due(now), free(now), run_id=run_id, state=ChunkState.OPEN)
        .select_for_update(skip_locked=True)
        .order_by("number")
        .first()
    )


def _claim_lane(account_id: int, *, former: int | None = None, now: datetime, gateway: Gateway) -> Lane | None:
    """The one that this worker had before if it can be: nobody else waits for it."""
    lanes = Lane.objects.filter(free(now), account_id=account_id).order_by("number")
    for lane in sorted(lanes, key=lambda lane: lane.pk != former):
        claimed = Lane.objects.filter(free(now), pk=lane.pk, lease_epoch=lane.lease_epoch).update(
            lease_owner=gateway.worker, lease_epoch=F("lease_epoch") + 1, lease_expires_at=now + gateway.timing.lease
        )
        if claimed:
            lane.lease_epoch += 1
            return lane
    return None


def _claim_chunk(chunk: Chunk, lane: Lane, *, now: datetime, gateway: Gateway) -> Claim | None:
    expires_at = now + gateway.timing.lease
    claimed = Chunk.objects.filter(free(now), pk=chunk.pk, lease_epoch=chunk.lease_epoch).update(
        lease_owner=gateway.worker, lease_epoch=F("lease_epoch") + 1, lease_expires_at=expires_at
    )
    if not claimed:
        Lane.objects.filter(pk=lane.pk, lease_epoch=lane.lease_epoch).update(lease_expires_at=now)
        return None
    return Claim(
        run_id=chunk.run_id,
        chunk_id=chunk.pk,
        epoch=chunk.lease_epoch + 1,
        lane_id=lane.pk,
        lane_epoch=lane.lease_epoch,
        owner=gateway.worker,
        expires_at=expires_at,
        abandoned_at=chunk.lease_expires_at,
        fresh=chunk.attempts_used == 0 and chunk.pending == chunk.row_count,
    )


def still_mine(claim: Claim) -> bool:
    """Whether nobody has taken the chunk over. Inside a transaction the row stays locked until its end."""
    held = Chunk.objects.select_for_update().filter(pk=claim.chunk_id, lease_epoch=claim.epoch).values_list("pk")
    return bool(list(held))


def time_for_a_call(claim: Claim, *, gateway: Gateway) -> bool:
    """Self-fencing: a call is begun only if its worst case ends before the lease does."""
    return claim.expires_at - gateway.clock() >= gateway.timing.budget


def postpone(claim: Claim, until: datetime) -> None:
    """The chunk has nothing to do before `until`."""
    Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch).update(next_action_at=until)


def release(claim: Claim) -> None:
    """Gives chunk and lane back at once; does nothing for a holder that was overtaken."""
    with transaction.atomic(durable=True):
        _give_back(claim)


def _give_back(claim: Claim) -> None:
    given = {"lease_expires_at": None, "lease_owner": ""}
    Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch).update(**given)
    Lane.objects.filter(pk=claim.lane_id, lease_epoch=claim.lane_epoch).update(**given)
