"""Leases on reversals: as for chunks, one claim holds the reversal and a lane of its account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from allocations.domain.reversals import WORKED_ON, ReversalState
from allocations.gateway import Gateway
from allocations.models import Lane, Reversal
from allocations.services import holds, leases


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one reversal until `expires_at`. `abandoned_at`: end of the lease that was taken over."""

    reversal_id: int
    epoch: int
    lane_id: int
    lane_epoch: int
    owner: str
    expires_at: datetime
    abandoned_at: datetime | None
    instance_id: UUID


def workable(now: datetime) -> Q:
    """Reversals with something to do now: to send or resolve, or only to look up."""
    due = Q(state__in=WORKED_ON, next_action_at__isnull=True) | Q(state__in=WORKED_ON, next_action_at__lte=now)
    asked_about = Q(state=ReversalState.DISPUTED, next_action_at__lte=now)
    return (due | asked_about) & leases.free(now) & Q(pause_code="")


def held_up() -> bool:
    """Whether nothing may be sent: a freeze, or a recovery. What is unknown waits for its look-up too."""
    return holds.frozen() or leases.installation().recovering_since is not None


def reversals_with_work(now: datetime) -> QuerySet[Reversal]:
    """Those that could go on now: due, held by nobody, and with a free lane."""
    if held_up():
        return Reversal.objects.none()
    lanes = Lane.objects.filter(leases.free(now), account=OuterRef("row__batch__account"))
    return Reversal.objects.filter(workable(now)).filter(Exists(lanes)).order_by("pk")


def claim_reversal(reversal_id: int, *, gateway: Gateway) -> Claim | None:
    """The reversal with a lane of its account, or None while either is taken or there is nothing to do."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        found = Reversal.objects.filter(workable(now), pk=reversal_id).select_related("row__batch")
        reversal = found.select_for_update(of=("self",), skip_locked=True).first()
        if held_up():
            return None
        known = leases.installation()
        lane = reversal and leases.claim_lane(reversal.row.batch.account_id, now=now, gateway=gateway)
        if not (reversal and lane):
            return None
        expires_at = now + gateway.timing.lease
        Reversal.objects.filter(pk=reversal.pk).update(
            lease_owner=gateway.worker, lease_epoch=F("lease_epoch") + 1, lease_expires_at=expires_at
        )
        return Claim(
            reversal_id=reversal.pk,
            epoch=reversal.lease_epoch + 1,
            lane_id=lane.pk,
            lane_epoch=lane.lease_epoch,
            owner=gateway.worker,
            expires_at=expires_at,
            abandoned_at=reversal.lease_expires_at,
            instance_id=known.instance_id,
        )


def is_mine(claim: Claim, reversal: Reversal) -> bool:
    """Whether nobody has taken the locked reversal over, and no restore has begun its epochs anew."""
    own = (reversal.lease_epoch, reversal.lease_owner) == (claim.epoch, claim.owner)
    return own and leases.installation().instance_id == claim.instance_id


def release(claim: Claim) -> None:
    """Gives reversal and lane back at once; does nothing for a holder that was overtaken."""
    with transaction.atomic(durable=True):
        mine = Reversal.objects.filter(pk=claim.reversal_id, lease_epoch=claim.epoch, lease_owner=claim.owner)
        mine.update(lease_expires_at=None, lease_owner="")
        leases.release_lane(claim.lane_id, epoch=claim.lane_epoch, owner=claim.owner)
