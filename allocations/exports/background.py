"""A large export, written by a worker: into the portal's storage, with a pulse that tells how far it is."""

import errno
import logging
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypedDict, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection

from allocations.actors import actor_of
from allocations.domain.errors import DomainError
from allocations.domain.policy import Actor
from allocations.exports.batch import Made, written_batch
from allocations.exports.drafts import Draft
from allocations.exports.search import MadeSearch, Wanted, written_search
from allocations.exports.tallies import Tally
from allocations.gateway import database_now
from allocations.models import ExportJob
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS
from allocations.services.export_jobs import (
    Claim,
    Superseded,
    Written,
    draft_path,
    fail_export,
    finish_export,
    note_progress,
)

logger = logging.getLogger(__name__)

PULSE_SECONDS = 1.0
REASONS = {code.value: explanation.words for code, explanation in EXPLANATIONS.items()}
EVIDENCE_WORDS = {code.value: words for code, words in EVIDENCE.items()}


class _Words(TypedDict):
    reasons: Mapping[str, str]
    evidence: Mapping[str, str]


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_DISK_FULL = (
    "The portal's disk is full. Nothing was exported. Tell the people who run the portal, and ask for it anew when "
    "they have made room."
)


def run_export(claim: Claim, *, wanted: Wanted | None) -> None:
    """Write, check and note one export. `wanted`: of a search, None for a batch. What it raises is a defect of ours, or
    means that the database was away."""
    path = Path(default_storage.path(draft_path(claim)))
    try:
        _export(claim, path, wanted)
    except Superseded:
        path.unlink(missing_ok=True)
        logger.warning("export %s is not ours any more", claim.export_id)
    except DomainError as error:
        fail_export(claim, sentence=error.sentence, now=database_now())
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        fail_export(claim, sentence=_DISK_FULL, now=database_now())


def _export(claim: Claim, path: Path, wanted: Wanted | None) -> None:
    export = ExportJob.objects.get(pk=claim.export_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whoever asked has to be who they were: their roles are those of now.
    actor = actor_of(User.objects.get(pk=export.asked_by_id))
    # A workbook's draft is as large as the file and may be larger than the folder of temporary files.
    beside = path.with_suffix(".parts")
    beside.mkdir(mode=0o700, exist_ok=True)
    draft = Draft(_opened(path), folder=str(beside))
    with _pulse(claim, draft.tally):
        made = _made(export, actor, wanted, draft)
    with made.file as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    shutil.rmtree(beside, ignore_errors=True)
    written = Written(
        path=draft_path(claim),
        name=made.name,
        size=size,
        sha256=made.sha256,
        rows=made.tally.row_count,
        in_full=made.in_full,
        note=made.note,
    )
    finish_export(claim, written, now=database_now())


def _made(export: ExportJob, actor: Actor, wanted: Wanted | None, draft: Draft) -> Made | MadeSearch:
    words = _Words(reasons=REASONS, evidence=EVIDENCE_WORDS)
    if wanted is not None:
        return written_search(actor, wanted, kind=export.kind, most=settings.MAX_ROWS, draft=draft, **words)
    batch_id = export.batch_id or 0
    return written_batch(actor, batch_id=batch_id, kind=export.kind, outcome=export.outcome, draft=draft, **words)


def _opened(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    return cast("BinaryIO", os.fdopen(descriptor, "w+b"))


@contextmanager
def _pulse(claim: Claim, tally: Tally) -> Iterator[None]:
    """Beside the snapshot, which can write nothing: a connection of its own, in a thread of its own."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(claim, tally, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(claim: Claim, tally: Tally, done: threading.Event) -> None:
    while not done.wait(PULSE_SECONDS):
        try:
            note_progress(claim, now=database_now(), rows_done=tally.row_count, rows_total=tally.expected)
        except Superseded:
            break
        except DatabaseError:
            logger.warning("the progress of export %s could not be stored", claim.export_id)
    connection.close()
