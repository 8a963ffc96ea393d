"""Exports that a worker writes: asking for one, the claim on it, its end, and the end of its file.

Nothing of an export counts before its end: the file gets its name, size and hash in the transaction of the trail entry,
and every write asks for the claim's epoch, so a writer that was thought dead hands nothing out.
"""

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from allocations import queue
from allocations.domain import policy
from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor
from allocations.gateway import database_now
from allocations.models import ExportJob
from allocations.models.export_jobs import OPEN_EXPORTS, ExportState
from allocations.services import trail

FOLDER = "exports"
MAX_TRIES = 3
# How many of one person may wait or be written at a time.
MOST_OPEN = 5
# An export that shows no sign of life for so long lost its worker.
SILENCE = timedelta(seconds=60)
# A fresh one is on its way through Redis; ringing for it at once would only double the bell.
GRACE = timedelta(seconds=10)
GIVEN_UP = (
    f"The file could not be written in {MAX_TRIES} tries. Nothing was exported. Tell the person who runs the portal."
)
DEFECT = "The portal failed while it wrote the file. Nothing was exported. Tell the person who runs the portal."


class Superseded(StateConflict):
    """Another worker took the export over, or it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one export; `epoch` proves it."""

    export_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file. `path` in the storage, `name` for who gets it; `note` writes the entry that every export has."""

    path: str
    name: str
    size: int
    sha256: str
    rows: int
    in_full: bool
    note: Callable[[], None]


def ask_export(actor: Actor, *, batch_id: int | None, kind: str, outcome: str = "", query: str = "") -> ExportJob:
    """Asked for twice it is the one that is open already. The caller has checked kind, outcome and batch.

    Raises NotAllowed without the role, StateConflict while too many of this person are open.
    """
    policy.check_export(actor)
    wanted = {"batch_id": batch_id, "kind": kind, "outcome": outcome, "query": query}
    with transaction.atomic():
        # One request of a person at a time, so that the same one sent twice is one.
        User.objects.select_for_update(no_key=True).get(pk=actor.id)
        own = ExportJob.objects.filter(asked_by_id=actor.id, state__in=OPEN_EXPORTS)
        same = own.filter(**wanted).first()
        if same is not None:
            return same
        if own.count() >= MOST_OPEN:
            raise StateConflict(f"{MOST_OPEN} exports of yours are not finished yet. Wait for one of them.")
        now = database_now()
        export = ExportJob.objects.create(asked_by_id=actor.id, asked_at=now, **wanted)
        _tell("export asked for", export, now=now, actor=actor, kind=kind, outcome=outcome, filter=query)
        queue.ring_export(export.pk)
    return export


def claim_export(export_id: int, *, now: datetime) -> Claim | None:
    """Take an export that waits, or whose writer fell silent. None when there is nothing to do for us."""
    free = Q(state=ExportState.WAITING) | Q(state=ExportState.WRITING, seen_at__lt=now - SILENCE)
    claimed = ExportJob.objects.filter(free, pk=export_id).update(
        state=ExportState.WRITING, epoch=F("epoch") + 1, started_at=now, seen_at=now, rows_done=0, rows_total=0
    )
    if not claimed:
        return None
    claim = Claim(export_id, ExportJob.objects.get(pk=export_id).epoch)
    _remove_drafts(export_id)
    if claim.epoch > MAX_TRIES:
        fail_export(claim, sentence=GIVEN_UP, now=now)
        return None
    return claim


def draft_path(claim: Claim) -> str:
    """Where the file of this claim is written, in the storage."""
    return f"{FOLDER}/{claim.export_id}-{claim.epoch}"


def note_progress(claim: Claim, *, now: datetime, **changes: Any) -> None:
    """Store how far it is. Raises Superseded when the claim is lost."""
    mine = ExportJob.objects.filter(pk=claim.export_id, epoch=claim.epoch, state=ExportState.WRITING)
    if not mine.update(seen_at=now, **changes):
        raise Superseded("Another worker writes this export, or it is no longer wanted.")


def finish_export(claim: Claim, written: Written, *, now: datetime) -> None:
    """The file is there and adds up: note it as any export is, and offer it."""
    with transaction.atomic():
        note_progress(
            claim,
            now=now,
            state=ExportState.READY,
            file=written.path,
            name=written.name,
            size=written.size,
            sha256=written.sha256,
            in_full=written.in_full,
            rows_done=written.rows,
            rows_total=written.rows,
            finished_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_DAYS),
        )
        written.note()


def fail_export(claim: Claim, *, sentence: str, now: datetime) -> None:
    """Nothing was exported: keep the sentence."""
    with transaction.atomic():
        note_progress(claim, now=now, state=ExportState.FAILED, finished_at=now, error=sentence)
        export = ExportJob.objects.get(pk=claim.export_id)
        _tell("export failed", export, now=now, said=sentence)
    _remove_drafts(claim.export_id)


def fail_for_defect(claim: Claim) -> None:
    """After an error of ours, which the next try would find again. It fails nothing that another worker took over."""
    with suppress(Superseded):
        fail_export(claim, sentence=DEFECT, now=database_now())


def ring_due(*, now: datetime) -> None:
    """Rings for exports that wait too long, or whose writer fell silent."""
    waiting = Q(state=ExportState.WAITING, asked_at__lt=now - GRACE)
    silent = Q(state=ExportState.WRITING, seen_at__lt=now - SILENCE)
    for export_id in ExportJob.objects.filter(waiting | silent).order_by("pk").values_list("pk", flat=True):
        queue.ring_export(export_id)


def expire_due(*, now: datetime) -> None:
    """Files whose time is over go, and what a writer left that was ended."""
    end_exports(Q(state=ExportState.READY, expires_at__lte=now), now=now, why="its days are over")
    remove_strays()


def end_exports(wanted: Q, *, now: datetime, why: str) -> None:
    """These are no longer offered, and one that is being written is not going to be. `remove_strays` deletes files."""
    with transaction.atomic():
        live = (*OPEN_EXPORTS, ExportState.READY)
        for export in ExportJob.objects.select_for_update(of=("self",)).filter(wanted, state__in=live):
            ExportJob.objects.filter(pk=export.pk).update(state=ExportState.GONE, file="", finished_at=now)
            _tell("export deleted", export, now=now, why=why, sha256=export.sha256)


def remove_strays() -> None:
    """Files and folders of exports that ended without them. After the commit: a file cannot come back."""
    live = ExportJob.objects.filter(state__in=(ExportState.WRITING, ExportState.READY))
    kept = {f"{pk}-{epoch}" for pk, epoch in live.values_list("pk", "epoch")}
    _remove(path for path in Path(default_storage.path(FOLDER)).glob("*") if path.stem not in kept)


def _remove_drafts(export_id: int) -> None:
    _remove(Path(default_storage.path(FOLDER)).glob(f"{export_id}-*"))


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _tell(event: str, export: ExportJob, *, now: datetime, actor: Actor | None = None, **data: Any) -> None:
    trail.write_entry(
        event,
        at=now,
        object_type="export",
        object_id=export.pk,
        batch_id=export.batch_id,
        actor=actor,
        **{name: value for name, value in data.items() if value},
    )
