"""What came back with a backup: it may have gone on in the time that was lost."""

from datetime import datetime

from allocations.models import Batch, Installation, TrailEntry


def came_from_a_backup(made_at: datetime) -> bool:
    """Whether something made then was put back by the last restore."""
    began = _recovery_began()
    return began is not None and made_at < began


def may_have_been_sent(batch: Batch) -> bool:
    """Whether rows of this batch, which no run has taken yet, may be known to EnKash under their references."""
    began = _recovery_began()
    if began is None:
        return False
    upload = batch.uploads.first()
    read_at = upload.uploaded_at if upload else batch.created_at
    return read_at < began and batch.rows.exists()


def _recovery_began() -> datetime | None:
    """None where there was no restore, or people have ended its recovery with EnKash's statement in hand."""
    known = Installation.objects.filter(pk=1).first()
    if known is None or known.recovering_since or known.recovered_at is None:
        return known.recovering_since if known else None
    # What was made during the recovery cannot have been sent before it, so its end would be too late a line.
    begun = TrailEntry.objects.filter(batch=None, object_type="installation", event="recovery began")
    latest = begun.order_by("-id").first()
    return latest.at if latest else known.recovered_at
