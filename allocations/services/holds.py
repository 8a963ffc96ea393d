"""What keeps work back although a run runs: a freeze, a wish to stop, a cancellation, a canary, a time to wait for."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from allocations.domain.canary import Canary
from allocations.models import Freeze, Installation, Run


def _freezes() -> QuerySet[Freeze]:
    return Freeze.objects.filter(is_open=True)


def frozen() -> bool:
    """Whether all sending is stopped."""
    return _freezes().exists()


def _halted(instance_id: UUID) -> bool:
    """Whether all sending is frozen, or the portal recovers or did since a claim in that instance of the database."""
    going = Q(instance_id=instance_id, recovering_since=None) & ~Q(Exists(_freezes()))
    return not Installation.objects.filter(going, pk=1).exists()


def startable(now: datetime, *, of: str = "") -> Q:
    """Runs whose time has come. A cancelled one has nothing to wait for. `of`: the way to the run, such as "run__"."""
    begins = Q(**{f"{of}start_at__isnull": True}) | Q(**{f"{of}start_at__lte": now})
    return begins | Q(**{f"{of}cancelled_at__isnull": False})


def workable() -> Q:
    """Chunks that may be claimed, of whatever run they are.

    While everything is frozen those that hold something to look up; after a wish to stop those that are begun; before
    the canary is verified only the canary. A cancelled run's chunks always: claimed, they are cancelled, never sent.
    """
    begun = Q(run__stop_requested_at__isnull=True) | Q(attempts_used__gt=0)
    allowed = begun & (~Q(run__canary=Canary.WAITING) | Q(number=1))
    allowed &= ~Q(Exists(_freezes())) | Q(unknown__gt=0) | Q(sending__gt=0) | Q(pending=0)
    return allowed | Q(run__cancelled_at__isnull=False)


def may_send(run: Run, *, begun: bool, instance_id: UUID) -> bool:
    """Asked under the locks of run and chunk, right before the intent's commit: whatever was clicked meanwhile wins,
    and so does a recovery.

    `begun`: the chunk had an attempt before. `instance_id`: of the claim.
    """
    stopped = run.stop_requested_at is not None and not begun
    return run.cancelled_at is None and not stopped and not _halted(instance_id)
