"""Erasing the personal data of batches that are long over. Figures, references, outcomes, votes and trail stay."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from allocations import queue
from allocations.domain.errors import StateConflict
from allocations.domain.retention import ERASED
from allocations.gateway import database_now
from allocations.models import (
    Attempt,
    AttemptRow,
    Batch,
    Correction,
    Problem,
    Proposal,
    Question,
    QuestionReply,
    Repair,
    Reversal,
    ReversalAttempt,
    Row,
    Upload,
)
from allocations.selectors.retention import erasable_batches, half_erased_batches, open_reversals
from allocations.services import export_jobs, person_years, trail
from allocations.services.leases import installation
from allocations.services.locks import locked_batch

_ANSWER: Mapping[str, Any] = {"body": b"", "message": "", "notes": []}
# What becomes of each column that can tell who somebody is; `tests/models/test_personal_data.py` holds the rest.
PERSONAL: Mapping[type[models.Model], Mapping[str, Any]] = {
    Row: {
        **dict.fromkeys(("title", "name", "email", "mobile", "remarks", "client_reference", "reason"), ""),
        "payload_hash": ERASED,
        "raw": {},
        "cells": None,
        "edits": None,
    },
    Problem: {"found": "", "message": "What was found here was erased with the personal data."},
    # A list without a header line has a person where others have their header.
    Upload: {"header": [], "ignored": [], "sample": [], "offers": {}, "questions": [], "notes": [], "error": ""},
    Correction: {"changes": []},
    Repair: {"steps": []},
    # Whoever asks about a list names the people in it. Their hashes stay, and tell nothing without the salt.
    Question: {"text": "", "salt": ""},
    QuestionReply: {"text": "", "salt": ""},
    Attempt: _ANSWER,
    AttemptRow: {"reason": ""},
    Reversal: {"said": ""},
    ReversalAttempt: _ANSWER,
}
_BATCH_OF: Mapping[type[models.Model], str] = {
    Row: "batch",
    Problem: "batch",
    Upload: "batch",
    Correction: "batch",
    Repair: "batch",
    Question: "batch",
    QuestionReply: "question__batch",
    Attempt: "chunk__run__batch",
    AttemptRow: "row__batch",
    Reversal: "row__batch",
    ReversalAttempt: "reversal__row__batch",
}


def ring_due(*, now: datetime) -> None:
    """Rings for one batch whose time is over, or that was left half done. Nothing is ever due while no time is set."""
    days = settings.PERSONAL_DATA_DAYS
    due = erasable_batches(before=now - timedelta(days=days)) if days else Batch.objects.none()
    batch = half_erased_batches().first() or due.first()
    if batch is not None:
        queue.ring_erasure(batch.pk)


def erase_batch(batch_id: int, *, days: int) -> bool:
    """False where it is not yet `days` days over, or was erased before. Done twice it is done once."""
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        erased = days > 0 and _may_be_erased(batch, before=now - timedelta(days=days))
        if erased:
            _erase(batch, now=now, days=days)
    if half_erased_batches().filter(pk=batch_id).exists():
        _remove_files(batch_id)
        Batch.objects.filter(pk=batch_id, files_erased_at=None).update(files_erased_at=now)
    return erased


def _may_be_erased(batch: Batch, *, before: datetime) -> bool:
    """Rows that a restored portal has to look up are known to EnKash by their people."""
    if installation().recovering_since is not None:
        return False
    return erasable_batches(before=before).filter(pk=batch.pk).exists()


def _erase(batch: Batch, *, now: datetime, days: int) -> None:
    # First: the triggers let payloads go only in an erased batch.
    Batch.objects.filter(pk=batch.pk).update(erased_at=now)
    person_years.forget_people_of(batch.pk)
    for model, values in PERSONAL.items():
        model._default_manager.filter(**{_BATCH_OF[model]: batch.pk}).update(**_stored(values))  # noqa: SLF001 - Django's documented model API
    # Asked for while the rows were not locked yet.
    if open_reversals(batch.pk).exists():
        raise StateConflict(f"Points of batch {batch.pk} are just being taken back. It is erased when that is over.")
    # What was searched may have had rows of this batch too.
    of_batch = models.Q(batch=batch) | models.Q(batch=None)
    export_jobs.end_exports(of_batch, now=now, why="personal data were erased")
    trail.write_entry(
        "personal data erased",
        at=now,
        object_type="batch",
        object_id=batch.pk,
        batch_id=batch.pk,
        rows=batch.row_count,
        after_days=days,
        files=sorted(set(Upload.objects.filter(batch=batch).values_list("sha256", flat=True))),
    )


def _stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A call without an answer has no body, one whose answer was erased has an empty one."""
    if "body" not in values:
        return values
    answered = models.Q(body__isnull=False)
    return {**values, "body": models.Case(models.When(answered, then=models.Value(b"")), default=models.F("body"))}


def _remove_files(batch_id: int) -> None:
    """Their hashes stay, so that a copy which somebody kept can still be told from a false one."""
    export_jobs.remove_strays()
    for model in (Upload, Proposal):
        for stored in model._default_manager.filter(batch_id=batch_id).exclude(file=""):  # noqa: SLF001 - Django's documented model API
            stored.file.storage.delete(str(stored.file.name))
