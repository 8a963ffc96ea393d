"""The batch of a replacement: a list as if it had been uploaded, rows under fresh references, and why."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from allocations.domain.manifest import PARSER_VERSION, payload_hash
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.references import mint_many
from allocations.domain.states import BATCH, BatchEvent, BatchState, move
from allocations.enkash.transaction_answer import Transaction
from allocations.models import Batch, Problem, Replacement, Row, Upload
from allocations.models.uploads import UploadState
from allocations.selectors.restores import came_from_a_backup
from allocations.services.planning import payload_of

_FIRST_ROW = 2
_FORGOTTEN = (
    " It came back with a backup and may have been replaced once before: compare EnKash's statement since the backup."
)
_COLUMNS = {
    "title": "Title",
    "name": "Name",
    "email": "Email",
    "mobile": "Mobile",
    "amount": "Amount",
    "remarks": "Remarks",
    "client_reference": "Reference",
}


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What EnKash listed for each row, by row id, and when it was asked."""

    at: datetime
    found: Mapping[int, Sequence[Transaction]]


def new_batch(actor: Actor, old: Batch, rows: Sequence[Row], *, form_key: UUID, now: datetime) -> Batch:
    checking = move(BATCH, BatchState.DRAFT, BatchEvent.CHECK)
    batch = Batch.objects.create(
        purpose=f"Replaces {grouped(len(rows))} of batch {old.pk}: {old.purpose}"[:120],
        account=old.account,
        is_points_allocation=old.is_points_allocation,
        state=move(BATCH, checking, BatchEvent.CHECKED),
        form_key=form_key,
        uploaded_by_id=actor.id,
    )
    content = _list_of(rows)
    upload = Upload(
        batch=batch,
        file_name=f"replacement of batch {old.pk}.csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        kind="csv",
        state=UploadState.READY,
        uploaded_by_id=actor.id,
        rows_read=len(rows),
        rows_total=len(rows),
        header=list(_COLUMNS.values()),
        mapping={field: index for index, field in enumerate(_COLUMNS)},
        encoding="utf-8",
        delimiter=",",
        parser_version=PARSER_VERSION,
        started_at=now,
        seen_at=now,
        finished_at=now,
    )
    upload.file.save(f"{uuid4().hex}.list", ContentFile(content), save=True)
    return batch


def _list_of(rows: Sequence[Row]) -> bytes:
    """The list that the manifest of the new batch names: what the old rows held."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS.values())
    writer.writerows([getattr(row, field) for field in _COLUMNS] for row in rows)
    return out.getvalue().encode()


def new_rows(actor: Actor, batch: Batch, rows: Sequence[Row], looked_up: LookedUp) -> None:
    references = mint_many(len(rows))
    forgotten = _FORGOTTEN if came_from_a_backup(rows[0].batch.created_at) else ""
    for number, (old, reference) in enumerate(zip(rows, references, strict=True), start=_FIRST_ROW):
        new = Row(batch=batch, number=number, reference=reference, warning_count=1)
        for field in _COLUMNS:
            setattr(new, field, getattr(old, field))
        new.payload_hash = payload_hash(payload_of(new))
        new.save(force_insert=True)
        found = [_kept(one) for one in looked_up.found[old.pk]]
        Replacement.objects.create(row=new, replaces=old, looked_up_at=looked_up.at, found=found, made_by_id=actor.id)
        Problem.objects.create(
            batch=batch,
            row=new,
            number=number,
            code="replaces_row",
            severity="warning",
            message=f"replaces row {grouped(old.number)} of batch {old.batch_id}, which is {old.state}. "
            f"A look-up at EnKash found {_found_words(found)} for its reference.{forgotten}",
        )


def _kept(found: Transaction) -> dict[str, str | bool | None]:
    """The transaction as evidence, without personal data."""
    return {
        "transaction_id": found.transaction_id,
        "amount": None if found.amount is None else str(found.amount),
        "status": found.status,
        "kind": found.kind,
        "settled": found.settled,
    }


def _found_words(found: Sequence[Mapping[str, Any]]) -> str:
    listed = ", ".join(f"{one['transaction_id']} ({one['status']})" for one in found)
    return listed or "nothing"
