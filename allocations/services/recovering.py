"""Recovery mode: after a restore nothing is sent until every open row was looked up at EnKash.

A restored database takes rows for unsent that went out after the backup. It is noticed by the witness, or told by
the operator. Each recovery begins a new instance, under which no claim, count or witness of the lost one is valid.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from allocations.domain.states import RunState
from allocations.gateway import Gateway, Timing
from allocations.gateway.tokens import expect_lost_failures
from allocations.gateway.witness import RETIRED, Witness
from allocations.models import Attempt, Batch, Chunk, Installation, Lane, Run
from allocations.services import leases, trail
from allocations.services.leases import installation
from allocations.services.reversals import doubt_after_restore

WITNESS = "The database is behind what was sent from it: it was restored, or lost its last commits."


def guard(*, gateway: Gateway) -> bool:
    """Whether the portal recovers, so that nothing may be sent. Begins a recovery if the database is behind."""
    known = installation()
    if _is_behind(known, gateway=gateway):
        begin(
            now=gateway.clock(),
            timing=gateway.timing,
            why=WITNESS,
            instead_of=known.instance_id,
            witness=gateway.witness,
        )
        return True
    return known.recovering_since is not None


def _is_behind(known: Installation, *, gateway: Gateway) -> bool:
    # In this order: what the witness knows was committed before it was told.
    highest = gateway.witness.highest(known.instance_id)
    return highest is not None and highest > (Attempt.objects.aggregate(Max("pk"))["pk__max"] or 0)


def under_way() -> bool:
    return Installation.objects.filter(recovering_since__isnull=False).exists()


def begin(
    *, now: datetime, timing: Timing, why: str, instead_of: UUID | None = None, witness: Witness | None = None
) -> int | None:
    """Stops all sending and marks every chunk with an open row; returns their number.

    `instead_of`: the instance that was found behind; None when somebody else has replaced it already. `witness`: is
    told that the former instance is over, so that a restore to before this recovery is noticed.
    """
    ended, marked = _begin(now=now, timing=timing, why=why, instead_of=instead_of)
    if ended and witness:
        witness.note(ended, RETIRED)
    return marked


def _begin(*, now: datetime, timing: Timing, why: str, instead_of: UUID | None) -> tuple[UUID, int] | tuple[None, None]:
    """The instance whose life is over, and how many chunks are marked."""
    # Until then a request of a worker that still follows the lost database may be on the wire.
    quiet_since = now + timing.lease
    with transaction.atomic(durable=True):
        former = Installation.objects.select_for_update().get(pk=installation().pk)
        if instead_of not in {None, former.instance_id}:
            return None, None
        ended = former.instance_id
        former.instance_id, former.recovering_since = uuid4(), now
        former.save()
        # A plan that is being committed is waited for, so that its chunks are marked too.
        list(Run.objects.filter(state=RunState.QUEUED).select_for_update(no_key=True).order_by("pk"))
        chunks = _chunks_with_open_rows()
        # Locked in the order of their ids: an intent that is being written is waited for, and none is written after it.
        list(chunks.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        marked = chunks.update(
            must_look_up=True,
            quiet_since=quiet_since,
            next_action_at=quiet_since + timing.recovery.quiet,
            lookups_failed=0,
        )
        doubt_after_restore(quiet_since=quiet_since, due=quiet_since + timing.recovery.quiet, now=now)
        expect_lost_failures()
        trail.write_entry(
            "recovery began", at=now, object_type="installation", object_id=former.pk, why=why, chunks=marked
        )
        return ended, marked


def _chunks_with_open_rows() -> QuerySet[Chunk]:
    open_rows = Q(pending__gt=0) | Q(sending__gt=0) | Q(unknown__gt=0)
    return Chunk.objects.exclude(run__state=RunState.SETTLED).filter(open_rows)


def chunks_to_look_up() -> QuerySet[Chunk]:
    """What keeps a recovery from its end."""
    return Chunk.objects.filter(must_look_up=True).exclude(run__state=RunState.SETTLED)


def runs_to_look_up(now: datetime) -> QuerySet[Run]:
    """Runs with a marked chunk that is due and free, and a free lane."""
    due, free = leases.due(now), leases.free(now)
    chunks = chunks_to_look_up().filter(due, free, run=OuterRef("pk"))
    lanes = Lane.objects.filter(free, account=OuterRef("batch__account"))
    return Run.objects.filter(Exists(chunks), Exists(lanes)).order_by("pk")


def end_if_done(*, gateway: Gateway) -> bool:
    """Whether the recovery is over: it ends when nothing is left to look up, not before the quiet time has passed."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        known = Installation.objects.select_for_update().filter(pk=1).first()
        if known is None or known.recovering_since is None:
            return True
        # Runs that are planned later look up without waiting, so the wait for a lost request is here.
        quiet_until = known.recovering_since + gateway.timing.lease + gateway.timing.recovery.quiet
        if now < quiet_until or chunks_to_look_up().exists():
            return False
        known.recovering_since, known.recovered_at = None, now
        known.save()
        trail.write_entry("recovery ended", at=now, object_type="installation", object_id=known.pk)
        return True


def end_by_person(*, now: datetime, why: str) -> bool:
    """Somebody has compared with EnKash's statement, for EnKash gives no look-up. False: there is nothing to end."""
    with transaction.atomic(durable=True):
        known = Installation.objects.select_for_update().get(pk=installation().pk)
        marked = Chunk.objects.filter(must_look_up=True).update(must_look_up=False, next_action_at=None)
        if known.recovering_since is None and known.recovered_at is None and not marked:
            return False
        known.recovering_since = known.recovered_at = None
        known.save()
        trail.write_entry(
            "recovery ended by hand", at=now, object_type="installation", object_id=known.pk, why=why, chunks=marked
        )
        return True


def must_be_looked_up(batch: Batch) -> bool:
    """Whether the batch came with a restored database: its rows may have been sent in the life that was lost."""
    return Installation.objects.filter(recovered_at__gt=batch.created_at).exists()
