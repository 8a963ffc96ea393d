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
    `fresh`: no row of the chunk was ever sent or decided."""

    run_id: int
    chunk_id: int
    epoch: int
    lane_id: int
    lane_epoch: int
    owner: str
    expires_at: datetime
    abandoned_at: datetime | None
    instance_id: UUID
    fresh: bool = False


def free(now: datetime) -> Q:
    """Held by nobody, or by somebody whose time is over."""
    return Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=now)


def due(now: datetime) -> Q:
    """Not waiting for a later instant."""
    return Q(next_action_at__isnull=True) | Q(next_action_at__lte=now)


def claim_next_chunk(run_id: int, *, gateway: Gateway, done: Claim | None = None) -> Claim | None:
    """The next chunk of the run with something to do now, or None. Takes a lane of the account with it.

    None while the portal recovers from a restore. `done`: what this worker held before, released with the same commit.
    The run is not locked, so a claim may come after a pause: the intent asks again.
    """
    now = gateway.clock()
    with transaction.atomic(durable=True):
        run = (
            Run.objects.filter(due(now), holds.startable(now), pk=run_id, state=RunState.RUNNING)
            .select_related("batch")
            .only("state", "batch__account_id")
            .first()
        )
        if done:
            _give_back(done)
        known = installation()
        if run is None or known.recovering_since:
            return None
        chunks = Chunk.objects.filter(holds.workable(), state=ChunkState.OPEN)
        return _claim(run, chunks, known, former=done.lane_id if done else None, now=now, gateway=gateway)


def claim_to_look_up(run_id: int, *, gateway: Gateway) -> Claim | None:
    """While the portal recovers: the next chunk of the run to be looked up, whatever state run and chunk are in."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        runs = Run.objects.exclude(state=RunState.SETTLED).select_for_update(no_key=True, of=("self",))
        run = runs.select_related("batch").filter(pk=run_id).first()
        known = installation()
        if run is None or not known.recovering_since:
            return None
        return _claim(run, Chunk.objects.filter(must_look_up=True), known, now=now, gateway=gateway)


def _claim(
    run: Run,
    chunks: QuerySet[Chunk],
    known: Installation,
    *,
    former: int | None = None,
    now: datetime,
    gateway: Gateway,
) -> Claim | None:
    chunk = _next_chunk(chunks.filter(run=run), now)
    lane = chunk and _claim_lane(run.batch.account_id, former=former, now=now, gateway=gateway)
    return _claim_chunk(chunk, lane, known, now=now, gateway=gateway) if chunk and lane else None


def installation() -> Installation:
    """Which instance of the database this is; the first who asks makes it one."""
    known, _ = Installation.objects.get_or_create(pk=1)
    return known


def _next_chunk(chunks: QuerySet[Chunk], now: datetime) -> Chunk | None:
    free_now = chunks.filter(due(now), free(now)).select_for_update(skip_locked=True, of=("self",))
    return free_now.order_by("number").first()


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
        fresh=chunk.attempts_used == 0 and chunk.pending == chunk.row_count,
    )


def lock_run(run_id: int) -> Run:
    """First of all locks wherever run and chunk both change, as in claims and resumes, so that no two wait for each
    other."""
    return Run.objects.select_for_update(no_key=True).get(pk=run_id)


def lock_chunks(chunk_ids: Iterable[int]) -> None:
    """After their run and before their rows, in the order of their ids, wherever no claim was asked that locks them."""
    found = Chunk.objects.filter(pk__in=set(chunk_ids)).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk"))


def still_mine(claim: Claim) -> bool:
    """Whether nobody has taken the chunk over. Inside a transaction the row stays locked until its end."""
    own = Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch, lease_owner=claim.owner)
    # Asked after the lock: a recovery that begins meanwhile holds it, and its new instance must be seen.
    return bool(own.select_for_update().values_list("pk")) and installation().instance_id == claim.instance_id


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
    given = {"lease_expires_at": None, "lease_owner": ""}
    chunk = Chunk.objects.filter(pk=claim.chunk_id, lease_epoch=claim.epoch, lease_owner=claim.owner)
    chunk.update(**given)
    lane = Lane.objects.filter(pk=claim.lane_id, lease_epoch=claim.lane_epoch, lease_owner=claim.owner)
    lane.update(**given)


def claim_lane(account_id: int, *, now: datetime, gateway: Gateway) -> Lane | None:
    """A lane of the account for a call outside of any run, or None while all are taken; its lease as for a chunk."""
    return _claim_lane(account_id, now=now, gateway=gateway)


def release_lane(lane_id: int, *, epoch: int, owner: str) -> None:
    """Gives a lane back; does nothing for a holder that was overtaken."""
    mine = Lane.objects.filter(pk=lane_id, lease_epoch=epoch, lease_owner=owner)
    mine.update(lease_expires_at=None, lease_owner="")
