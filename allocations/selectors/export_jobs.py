"""The exports of one person: nobody sees those of others."""

from allocations.models import ExportJob

SHOWN = 50


def exports_of(person_id: int) -> list[ExportJob]:
    """Newest first, as many as anybody looks through; the trail has all of them."""
    own = ExportJob.objects.filter(asked_by_id=person_id).select_related("batch")
    return list(own.order_by("-id")[:SHOWN])


def export_of(person_id: int, export_id: int) -> ExportJob | None:
    """None where there is none, and where it is somebody else's."""
    return ExportJob.objects.select_related("batch").filter(pk=export_id, asked_by_id=person_id).first()
