"""The freeze that stops all sending, if there is one, and those before it."""

from django.db.models import QuerySet

from allocations.models import Freeze


def open_freeze() -> Freeze | None:
    return _freezes().filter(is_open=True).first()


def past_freezes(limit: int) -> QuerySet[Freeze]:
    """Newest first."""
    return _freezes().filter(is_open=False).order_by("-id")[:limit]


def _freezes() -> QuerySet[Freeze]:
    return Freeze.objects.select_related("frozen_by", "release_proposed_by", "released_by")
