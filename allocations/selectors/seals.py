"""How far the trail is chained, sealed and published."""

from dataclasses import dataclass
from datetime import datetime

from allocations.domain.states import BatchState
from allocations.models import Batch, TrailEntry, TrailSeal

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TrailState:
    """`entries`: in the chain; `sealed`: of them under a seal; `waiting`: seals that nobody outside has yet."""

    entries: int
    sealed: int
    waiting: int
    seals: tuple[TrailSeal, ...]

    @property
    def public_key(self) -> str:
        """Of the last seal, which is the one to pin."""
        return self.seals[0].public_key if self.seals else ""

    @property
    def sealed_at(self) -> datetime | None:
        return self.seals[0].sealed_at if self.seals else None


def trail_state() -> TrailState:
    last = TrailEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", flat=True).first()
    seals = tuple(TrailSeal.objects.order_by("-size")[:_SHOWN])
    return TrailState(
        entries=last or 0,
        sealed=seals[0].size if seals else 0,
        waiting=TrailSeal.objects.filter(published_at__isnull=True).count(),
        seals=seals,
    )


def approved_between(first: datetime, end: datetime) -> list[Batch]:
    """Batches that were approved from `first` on and before `end`, oldest first."""
    approved = Batch.objects.filter(state=BatchState.APPROVED, approved_at__gte=first, approved_at__lt=end)
    return list(approved.order_by("pk"))
