"""Leases with epochs: who may work on a lane and a chunk, and how a worker learns that it no longer may.

A claim is one conditional UPDATE whose row count decides, and it raises the epoch; every later write of the
holder names its epoch, so a worker that was thought dead changes nothing. Epochs count within one instance of the
database: after a restore they come again, so the holder names owner and instance too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from allocations.domain.states import RunState
from allocations.gateway import Gateway
from allocations.models import Chunk, Installation, Lane, Run
from allocations.models.runs import ChunkState
from allocations.services import holds


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one chunk until `expires_at`. `abandoned_at`: end of the lease that was taken over.
    `fresh`: no row of the chunk was ever sent or decided, and none has to be looked up or cancelled first."""

    run_id: int
    chunk_id: int
    epoch: int
    lane_id: int
    lane_epoch: int
    owner: str
    expires_at: datetime
    abandoned_at: datetime | None
    instance_id: UUID
    # As it was claimed, with run, batch and account.
    chunk: Chunk
    fresh: bool = False


def free(now: datetime) -> Q:
    """Held by nobody, or by somebody whose time is over."""
    return Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=now)


def due(now: datetime, *, of: str = "") -> Q:
    """Not waiting for a later instant. `of`: the way to what waits, such as "run__"."""
    return Q(**{f"{of}next_action_at__isnull": True}) | Q(**{f"{of}next_action_at__lte": now})


def claim_next_chunk(run_id: int, *, gateway: Gateway, done: Claim | None = None) -> Claim | None:
    """The next chunk of the run with something to do now, or None. Takes a lane of the account with it.

    None while the portal recovers from a restore. `done`: what this worker held before, released with the same commit.
    The run is not locked, so a claim may come after a pause: the intent asks again.
    """
    now = gateway.clock()
    with transaction.atomic(durable=True):
        if done:
            _give_back_chunk(done)
        known = installation()
        going = due(now, of="run__") & holds.startable(now, of="run__")
        chunks = Chunk.objects.filter(going, holds.workable(), run_id=run_id, run__state=RunState.RUNNING)
        chunk = None if known.recovering_since else _next_chunk(chunks.filter(state=ChunkState.OPEN), now)
        claim = _claim(chunk, known, done=done, now=now, gateway=gateway) if chunk else None
        if done and not claim:
            _give_back_lane(done)
        return claim


def claim_to_look_up(run_id: int, *, gateway: Gateway) -> Claim | None:
    """While the portal recovers: the next chunk of the run to be looked up, whatever state run and chunk are in."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        runs = Run.objects.exclude(state=RunState.SETTLED).select_for_update(no_key=True, of=("self",))
        run = runs.filter(pk=run_id).first()
        known = installation()
        if run is None or not known.recovering_since:
            return None
        chunk = _next_chunk(Chunk.objects.filter(must_look_up=True, run=run), now)
        return _claim(chunk, known, now=now, gateway=gateway) if chunk else None


def _claim(
    chunk: Chunk, known: Installation, *, done: Claim | None = None, now: datetime, gateway: Gateway
) -> Claim | None:
    lane = _keep_lane(done, now=now, gateway=gateway) if done else None
    lane = lane or _claim_lane(chunk.run.batch.account_id, now=now, gateway=gateway)
    return _claim_chunk(chunk, lane, known, now=now, gateway=gateway) if lane else None


def installation() -> Installation:
    """Which instance of the database this is; the first who asks makes it one."""
    known, _ = Installation.objects.get_or_create(pk=1)
    return known


def _next_chunk(chunks: QuerySet[Chunk], now: datetime) -> Chunk | None:
    free_now = chunks.filter(due(now), free(now)).select_for_update(skip_locked=True, of=("self",))
    return free_now.select_related("run__batch__account").order_by("number").first()


def _keep_lane(done: Claim, *, now: datetime, gateway: Gateway) -> Lane | None:
    """The lane of the claim before this one, under a new epoch, if nobody has taken it."""
    kept = _lane_of(done).update(lease_epoch=F("lease_epoch") + 1, lease_expires_at=now + gateway.timing.lease)
    return Lane(pk=done.lane_id, lease_epoch=done.lane_epoch + 1) if kept else None


def _claim_lane(account_id: int, *, now: datetime, gateway: Gateway) -> Lane | None:
    for lane in Lane.objects.filter(free(now), account_id=account_id).order_by("number"):
        claimed = Lane.objects.filter(free(now), pk=lane.pk, lease_epoch=lane.lease_epoch).update(
            lease_owner=gateway.worker, lease_epoch=F("lease_epoch") + 1, lease_expires_at=now + gateway.timing.lease
        )
        if claimed:
            lane.lease_epoch += 1
            return lane
    return None


def _claim_chunk(chunk: Chunk, lane: Lane, known: Installation, *, now: datetime, gateway: Gateway) -> Claim | None:
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
        instance_id=known.instance_id,
        chunk=chunk,
        fresh=_is_fresh(chunk),
    )


def _is_fresh(chunk: Chunk) -> bool:
    untouched = chunk.attempts_used == 0 and chunk.pending == chunk.row_count
    return untouched and not chunk.must_look_up and chunk.run.cancelled_at is None


def chunk_of(claim: Claim) -> Chunk:
    """With run, batch and account: as it is now, which for a fresh one is as it was claimed."""
    return claim.chunk if claim.fresh else Chunk.objects.select_related("run__batch__account").get(pk=claim.chunk_id)


def lock_run(run_id: int) -> Run:
    """First of all locks wherever run and chunk both change, as in claims and resumes, so that no two wait for each
    other."""
    return Run.objects.select_for_update(no_key=True).get(pk=run_id)


def lock_chunks(chunk_ids: Iterable[int]) -> None:
    """After their run and before their rows, in the order of their ids, wherever no claim was asked that locks them."""
    found = Chunk.objects.filter(pk__in=set(chunk_ids)).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk"))


def holds_chunk(claim: Claim) -> bool:
    """Whether the chunk's lease is still the claim's. Inside a transaction the row stays locked until its end."""
    own = Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch, lease_owner=claim.owner)
    return bool(own.select_for_update().values_list("pk"))


def still_mine(claim: Claim) -> bool:
    """Whether nobody has taken the chunk over, in this instance of the database. The chunk stays locked as above."""
    # Asked after the lock: a recovery that begins meanwhile holds it, and its new instance must be seen.
    return holds_chunk(claim) and installation().instance_id == claim.instance_id


def time_for_a_call(expires_at: datetime, *, gateway: Gateway) -> bool:
    """Self-fencing: a call is begun only if its worst case ends before the lease does, at `expires_at`."""
    return expires_at - gateway.clock() >= gateway.timing.budget


def postpone(claim: Claim, until: datetime) -> None:
    """The chunk has nothing to do before `until`."""
    Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch).update(next_action_at=until)


def release(claim: Claim) -> None:
    """Gives chunk and lane back at once; does nothing for a holder that was overtaken."""
    with transaction.atomic(durable=True):
        _give_back(claim)


def _give_back(claim: Claim) -> None:
    _give_back_chunk(claim)
    _give_back_lane(claim)


def _give_back_chunk(claim: Claim) -> None:
    chunk = Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch, lease_owner=claim.owner)
    chunk.update(lease_expires_at=None, lease_owner="")


def _give_back_lane(claim: Claim) -> None:
    _lane_of(claim).update(lease_expires_at=None, lease_owner="")


def _lane_of(claim: Claim) -> QuerySet[Lane]:
    return Lane.objects.filter(pk=claim.lane_id, lease_epoch=claim.lane_epoch, lease_owner=claim.owner)


def claim_lane(account_id: int, *, now: datetime, gateway: Gateway) -> Lane | None:
    """A lane of the account for a call outside of any run, or None while all are taken; its lease as for a chunk."""
    return _claim_lane(account_id, now=now, gateway=gateway)


def release_lane(lane_id: int, *, epoch: int, owner: str) -> None:
    """Gives a lane back; does nothing for a holder that was overtaken."""
    mine = Lane.objects.filter(pk=lane_id, lease_epoch=epoch, lease_owner=owner)
    mine.update(lease_expires_at=None, lease_owner="")
