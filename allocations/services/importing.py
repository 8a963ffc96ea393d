"""Storing a list while it is read: claim, blocks of rows, findings, the end.

Nothing counts until the end: rows of an unfinished reading belong to a batch that is being checked, and the next
claim deletes them first. Every write asks for the claim's epoch, so a reader that was thought dead stores nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from allocations.domain.errors import StateConflict
from allocations.domain.restored import READ_IN_LOST_TIME
from allocations.domain.states import BATCH, BatchEvent, BatchState, move
from allocations.models import Batch, Problem, Reveal, Row, Upload
from allocations.models.uploads import UploadState
from allocations.selectors.restores import came_from_a_backup
from allocations.services import bulk, trail
from allocations.services.batches import count_rows
from allocations.services.sweeping import IMPORT_SILENCE

MAX_TRIES = 5
ANALYZE_FROM = 20_000
# What the statements after the load choose and join by; the rest is left to the database's own routine.
_ANALYZED = ("batch", "number", "mobile", "amount", "client_reference", "state")
GIVEN_UP = f"The list could not be read in {MAX_TRIES} tries. Upload it again or ask the person who runs the portal."
_READING = (UploadState.READING, UploadState.CHECKING)


class Superseded(StateConflict):
    """Another reader took the upload over, or the batch is no longer being checked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to store rows for one upload; `epoch` proves it."""

    upload_id: int
    batch_id: int
    epoch: int


def claim_upload(upload_id: int, *, now: datetime) -> Claim | None:
    """Take an upload that waits, or whose reader fell silent. None when there is nothing to do for us."""
    free = Q(state=UploadState.WAITING) | Q(state__in=_READING, seen_at__lt=now - IMPORT_SILENCE)
    with transaction.atomic():
        claimed = Upload.objects.filter(free, pk=upload_id, batch__state=BatchState.CHECKING).update(
            state=UploadState.READING, epoch=F("epoch") + 1, started_at=now, seen_at=now, rows_read=0
        )
        if not claimed:
            return None
        upload = Upload.objects.get(pk=upload_id)
        claim = Claim(upload.pk, upload.batch_id, upload.epoch)
        if came_from_a_backup(upload.uploaded_at):
            # Its rows may have been sent under the references that they have.
            refuse_import(claim, sentence=READ_IN_LOST_TIME, now=now, keep_rows=True)
            return None
        _delete_rows(claim)
    if claim.epoch > MAX_TRIES:
        refuse_import(claim, sentence=GIVEN_UP, now=now)
        return None
    return claim


def note_progress(claim: Claim, *, now: datetime, **changes: Any) -> None:
    """Store what is known about the upload so far. Raises Superseded when the claim is lost."""
    mine = Upload.objects.filter(pk=claim.upload_id, epoch=claim.epoch, state__in=_READING)
    if not mine.update(seen_at=now, **changes):
        raise Superseded("Another worker reads this list.")


def finish_import(claim: Claim, *, now: datetime, **changes: Any) -> None:
    """The list is in: count it and open it for review."""
    with transaction.atomic():
        note_progress(claim, now=now, state=UploadState.READY, finished_at=now, **changes)
        counts = count_rows(_close(claim, BatchEvent.CHECKED))
        _write_trail("list checked", claim, now=now, counts=counts)


def refuse_import(claim: Claim, *, sentence: str, now: datetime, keep_rows: bool = False, **changes: Any) -> None:
    """The list cannot be used: keep the sentence and what is known of the file, and no row."""
    with transaction.atomic():
        note_progress(claim, now=now, state=UploadState.REFUSED, finished_at=now, error=sentence, **changes)
        if not keep_rows:
            _delete_rows(claim)
        count_rows(_close(claim, BatchEvent.REFUSE_FILE))
        _write_trail("list refused", claim, now=now, counts={})


def _delete_rows(claim: Claim) -> None:
    bulk.delete_of_batch(Problem, claim.batch_id)
    bulk.delete_of_batch(Reveal, claim.batch_id)
    bulk.delete_of_batch(Row, claim.batch_id)


def analyze_large(rows: int) -> None:
    if rows >= ANALYZE_FROM:
        bulk.analyze(Row, _ANALYZED)


def _close(claim: Claim, event: BatchEvent) -> Batch:
    after = move(BATCH, BatchState.CHECKING, event)
    if not Batch.objects.filter(pk=claim.batch_id, state=BatchState.CHECKING).update(state=after):
        raise Superseded("The batch is no longer being checked.")
    return Batch.objects.get(pk=claim.batch_id)


def _write_trail(event: str, claim: Claim, *, now: datetime, counts: Mapping[str, Any]) -> None:
    trail.write_entry(event, at=now, object_type="upload", object_id=claim.upload_id, batch_id=claim.batch_id, **counts)
