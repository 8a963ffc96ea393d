"""Making and changing a batch before it is submitted."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, Sum

from allocations import queue
from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.labels import checked_purpose, shown_name
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.readings import Choice, check_columns, check_offered, open_questions
from allocations.domain.states import BATCH, BatchEvent, BatchState, RowState, move
from allocations.gateway import database_now
from allocations.models import Account, Batch, BatchEditor, Correction, Repair, Row, Upload
from allocations.selectors.approvals import facts_of
from allocations.selectors.replacements import is_replacement_batch
from allocations.selectors.review import stored_causes
from allocations.services import trail
from allocations.services.locks import locked_batch
from allocations.services.restored import insist_on_free_rows

NO_HEADER = "No header was found in this list, so there is nothing to map. Upload another list."


def create_batch(
    actor: Actor,
    *,
    purpose: str,
    account_id: int,
    is_points_allocation: bool,
    file_name: str,
    content: "File[bytes]",
    kind: str,
    form_key: UUID | None = None,
) -> Batch:
    """A new batch with its list, which is read in the background. `kind`: "file" or "paste".

    The same `form_key` again is a double click or a replay: it returns the batch that the first one made.
    """
    policy.check_upload(actor)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise InvalidInput("Choose a reward account that exists.")
    words = checked_purpose(purpose)
    now = database_now()
    with transaction.atomic():
        try:
            batch, is_new = Batch.objects.get_or_create(
                form_key=form_key or uuid4(),
                uploaded_by_id=actor.id,
                defaults={
                    "purpose": words,
                    "account": account,
                    "is_points_allocation": is_points_allocation,
                },
            )
        except IntegrityError as error:
            raise StateConflict("Somebody else sent this form already. Open the page again.") from error
        if not is_new:
            return batch
        trail.write_entry(
            "batch created",
            at=now,
            object_type="batch",
            object_id=batch.pk,
            batch_id=batch.pk,
            actor=actor,
            account=account.pk,
            is_points_allocation=is_points_allocation,
        )
        _add_upload(actor, batch, file_name=file_name, content=content, kind=kind, now=now)
    return batch


def replace_list(actor: Actor, *, batch_id: int, file_name: str, content: "File[bytes]", kind: str) -> Upload:
    """Another list for a batch that is not submitted; its rows take the place of the former ones."""
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        return _add_upload(actor, batch, file_name=file_name, content=content, kind=kind, now=database_now())


def map_columns(actor: Actor, *, batch_id: int, mapping: dict[str, int]) -> Upload:
    """A person says which column means what (field -> column index from 0); the list is read again."""
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        upload = batch.uploads.select_for_update().first()
        if upload is None:
            raise InvalidInput("There is no list to map yet. Upload one first.")
        if not upload.header:
            raise StateConflict(NO_HEADER)
        check_columns(mapping, width=len(upload.header))
        fresh = _same_file(upload, by=actor, mapping_override=mapping, choice=upload.choice)
        _start_check(actor, batch, fresh, event="columns mapped", now=database_now())
        return fresh


def choose_reading(actor: Actor, *, batch_id: int, choice: Choice) -> Upload:
    """A person says which sheet has the list, or in which row it begins; the list is read again."""
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        upload = batch.uploads.select_for_update().first()
        if upload is None:
            raise InvalidInput("There is no list yet. Upload one first.")
        check_offered(upload.offers, choice)
        fresh = _same_file(upload, by=actor, choice=asdict(choice))
        _start_check(actor, batch, fresh, event="reading chosen", now=database_now())
        return fresh


def confirm_reading(actor: Actor, *, batch_id: int, code: str) -> None:
    """A maker confirms what was asked about the file; the trail keeps the sentence that they saw."""
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        upload = batch.uploads.select_for_update().first()
        asked = [one for one in open_questions(upload.questions) if one["code"] == code] if upload else []
        if upload is None or not asked:
            raise StateConflict("There is nothing to confirm any more. Look at the list again.")
        upload.questions = [
            one | {"confirmed_by": actor.id} if one["code"] == code else one for one in upload.questions
        ]
        upload.save(update_fields=["questions"])
        # Whoever read the batch before has not seen this.
        batch.save(update_fields=["changed_at"])
        trail.write_entry(
            "reading confirmed",
            at=database_now(),
            object_type="upload",
            object_id=upload.pk,
            batch_id=batch.pk,
            actor=actor,
            confirmed=[one["sentence"] for one in asked],
        )


def _same_file(upload: Upload, *, by: Actor, **how: Any) -> Upload:
    """The stored file once more, to be read in another way."""
    return Upload.objects.create(
        batch=upload.batch,
        file=upload.file.name,
        file_name=upload.file_name,
        size=upload.size,
        sha256=upload.sha256,
        kind=upload.kind,
        uploaded_by_id=by.id,
        **how,
    )


def editable_batch(actor: Actor, batch_id: int) -> Batch:
    """As batch_of_maker, of a batch whose rows people may change."""
    batch = batch_of_maker(actor, batch_id)
    if is_replacement_batch(batch_id):
        raise StateConflict(
            "This batch replaces rows of another one, so it goes as it is. Give the replacement up to begin anew."
        )
    return batch


def batch_of_maker(actor: Actor, batch_id: int) -> Batch:
    """Locked, and the actor counts among its makers from now on. Raises what keeps it from being changed."""
    batch = locked_batch(batch_id)
    policy.check_edit(actor, facts_of(batch))
    if batch.uploaded_by_id != actor.id:
        BatchEditor.objects.get_or_create(batch=batch, user_id=actor.id)
    return batch


def _add_upload(
    actor: Actor, batch: Batch, *, file_name: str, content: "File[bytes]", kind: str, now: datetime
) -> Upload:
    size, sha256 = _measure(content)
    suffix = PurePath(file_name).suffix.lower()[:8]
    upload = Upload(
        batch=batch,
        file_name=shown_name(PurePath(file_name).name)[:255] or "list",
        size=size,
        sha256=sha256,
        kind="paste" if kind == "paste" else suffix.lstrip("."),
        uploaded_by_id=actor.id,
    )
    # The stored name is ours: the uploaded one is shown, never used as a path.
    name = f"{uuid4().hex}.list"
    try:
        upload.file.save(name, content, save=True)
    except OSError:
        # A full disk keeps what fitted.
        upload.file.storage.delete(upload.file.field.generate_filename(upload, name))
        raise
    _start_check(actor, batch, upload, event="list uploaded", now=now)
    return upload


def _measure(content: "File[bytes]") -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for block in content.chunks():
        size += len(block)
        digest.update(block)
    if size > settings.UPLOAD_MAX_BYTES:
        raise InvalidInput(
            f"The file has {grouped(size)} bytes; the limit is {grouped(settings.UPLOAD_MAX_BYTES)}. Split the list."
        )
    content.seek(0)
    return size, digest.hexdigest()


def _start_check(actor: Actor, batch: Batch, upload: Upload, *, event: str, now: datetime) -> None:
    batch.state = move(BATCH, BatchState(batch.state), BatchEvent.CHECK)
    batch.causes = None
    batch.save(update_fields=["state", "causes", "changed_at"])
    # Workbooks and repairs are of rows that are no more.
    Correction.objects.filter(batch=batch).delete()
    Repair.objects.filter(batch=batch).delete()
    trail.write_entry(
        event,
        at=now,
        object_type="upload",
        object_id=upload.pk,
        batch_id=batch.pk,
        actor=actor,
        sha256=upload.sha256,
        size=upload.size,
        mapping=upload.mapping_override or {},
        **({"reading": upload.choice} if upload.choice else {}),
    )
    queue.ring_import(upload.pk)


def count_rows(batch: Batch) -> dict[str, Any]:
    """Stores the batch's counters and causes as its rows are now; points are those that would be sent."""
    sendable = ~Q(state=RowState.LEFT_OUT)
    counts = Row.objects.filter(batch=batch).aggregate(
        row_count=Count("pk"),
        left_out_count=Count("pk", filter=Q(state=RowState.LEFT_OUT)),
        error_rows=Count("pk", filter=sendable & Q(error_count__gt=0)),
        warning_rows=Count("pk", filter=sendable & Q(warning_count__gt=0)),
        points_total=Sum("amount", filter=sendable & Q(error_count=0)),
        largest_points=Max("amount", filter=sendable & Q(error_count=0)),
    )
    counts["largest_points"] = counts["largest_points"] or 0
    counts["points_total"] = counts["points_total"] or 0
    Batch.objects.filter(pk=batch.pk).update(**counts, changed_at=database_now())
    batch.refresh_from_db()
    batch.causes = stored_causes(batch)
    Batch.objects.filter(pk=batch.pk).update(causes=batch.causes)
    return counts
