"""What stops all sending now, for the pages that say when something happens."""

from dataclasses import dataclass

from allocations.models import Freeze, Installation


@dataclass(frozen=True, slots=True)
class Hold:
    """`frozen`: people stopped all sending. `recovering`: the portal finds out first what was sent before a restore."""

    frozen: bool = False
    recovering: bool = False


def hold() -> Hold:
    return Hold(
        frozen=Freeze.objects.filter(is_open=True).exists(),
        recovering=Installation.objects.filter(recovering_since__isnull=False).exists(),
    )
