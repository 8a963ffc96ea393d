"""Cells of a list mended before submission: one in the portal, also put back as in the file, or many rows at once."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from allocations.domain.batches import check_points_total
from allocations.domain.cells import FIELDS, RowLimits
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.mending import RAGGED, MendedRow, StoredRow, mend
from allocations.domain.policy import Actor
from allocations.domain.states import RowState
from allocations.gateway import database_now
from allocations.models import Batch, Problem, Row
from allocations.services import trail
from allocations.services.batches import count_rows, editable_batch
from allocations.services.bulk import update_many
from allocations.services.mending_findings import Changed, find_again, values_of
from allocations.services.restored import insist_on_free_rows


def mend_cell(actor: Actor, *, batch_id: int, number: int, field: str, text: str, seen: str) -> frozenset[int]:
    """`seen`: the fingerprint of the cell that the actor had before them; another one by now is a conflict.

    Returns the numbers of the rows whose problems may be others now, its own among them.
    """
    return _change(actor, batch_id, number, field, text, seen=seen)


def put_back_cell(actor: Actor, *, batch_id: int, number: int, field: str, seen: str) -> frozenset[int]:
    """Undoes mending: the cell is as in the file again. Returns what mend_cell does."""
    return _change(actor, batch_id, number, field, None, seen=seen)


def fingerprint(row: Row, field: str) -> str:
    """Of what the cell holds now. Keyed, so that it tells nothing of the text; a list read anew has other rows."""
    text = stored(row).text(field)
    return salted_hmac("allocations.mending", f"{row.pk}\0{field}\0{text}").hexdigest()[:32]


def stored(row: Row) -> StoredRow:
    return StoredRow(values_of(row), row.raw, row.cells or {}, row.edits or {})


def limits() -> RowLimits:
    return RowLimits(max_points=settings.MAX_POINTS_PER_ROW)


def with_mended(row: Row, mended: MendedRow) -> Changed:
    """The row takes its new content, which nothing has stored yet."""
    before = values_of(row)
    for name, value in zip(FIELDS, mended.values, strict=True):
        setattr(row, name, value)
    row.raw, row.edits, row.payload_hash = mended.raw, mended.edits or None, ""
    return Changed(row, before, mended.problems)


def is_as_seen(row: Row, field: str, seen: str) -> bool:
    return constant_time_compare(seen, fingerprint(row, field))


def store(batch: Batch, changed: Sequence[Changed]) -> frozenset[int]:
    """Stores mended rows of a locked batch and brings up to date what depends on them: problems, counts, the total.

    Returns the numbers of the rows whose problems may be others now.
    """
    update_many(Row, [*FIELDS, "raw", "edits", "payload_hash", "id"], [_record(one.row) for one in changed], among={})
    around = find_again(batch.pk, changed)
    count_rows(batch)
    check_points_total(batch.points_total, limit=settings.MAX_POINTS_PER_BATCH)
    return around


def _record(row: Row) -> tuple[str | int | None, ...]:
    edits = json.dumps(row.edits, ensure_ascii=False) if row.edits else None
    return (*values_of(row), json.dumps(row.raw, ensure_ascii=False), edits, row.payload_hash, row.pk)


def check_mendable(row: Row) -> None:
    if row.state != RowState.PENDING:
        raise StateConflict(f"Row {row.number} is left out. Take it back before you change it.")
    if Problem.objects.filter(row=row, code__in=RAGGED).exists():
        raise InvalidInput(
            f"Row {row.number} does not fit the header, so its cells may stand in wrong columns. Correct it in your "
            "file and upload that, or leave the row out."
        )


def _change(actor: Actor, batch_id: int, number: int, field: str, text: str | None, *, seen: str) -> frozenset[int]:
    now = database_now()
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        row = _row(batch, number, field)
        if not is_as_seen(row, field, seen):
            raise StateConflict(f"Row {number} was changed by somebody else meanwhile. Look at it again.")
        check_mendable(row)
        around = store(batch, [with_mended(row, mend(stored(row), field, text, limits=limits()))])
        trail.write_entry(
            "cell put back" if text is None else "cell mended",
            at=now,
            object_type="row",
            object_id=row.pk,
            batch_id=batch.pk,
            actor=actor,
            number=number,
            field=field,
        )
    return around


def _row(batch: Batch, number: int, field: str) -> Row:
    row = batch.rows.filter(number=number).first()
    if row is None or field not in FIELDS:
        raise InvalidInput(f"There is no such cell in row {number}. Look at the list again.")
    return row
