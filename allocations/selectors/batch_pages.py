"""Batches with everything around them that their own pages name."""

from django.db.models import QuerySet

from allocations.models import Batch, Run, Upload


def batches_with_people() -> QuerySet[Batch]:
    return Batch.objects.select_related("account", "uploaded_by", "submitted_by", "approved_by").prefetch_related(
        "editors"
    )


def runs_of(batch: Batch) -> QuerySet[Run]:
    """Newest first."""
    return Run.objects.filter(batch=batch).select_related("batch", "started_by", "cancelled_by").order_by("-generation")


def uploads_of(batch: Batch) -> QuerySet[Upload]:
    """The files that were uploaded, newest first; the newest counts."""
    return Upload.objects.filter(batch=batch).select_related("uploaded_by").order_by("-id")
