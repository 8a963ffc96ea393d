"""A correction workbook that came back: kept beside the list, shown as what it would change, applied as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from allocations.domain.cells import FIELDS
from allocations.domain.corrections import (
    Line,
    RowId,
    alike,
    beside_key,
    check_lines,
    conflict,
    refuse_changed,
    rows_named,
)
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.mending import RAGGED, retype
from allocations.domain.policy import Actor, check_correct
from allocations.domain.problems import Problem as Finding
from allocations.domain.states import RowState
from allocations.gateway import database_now
from allocations.models import Batch, Correction, Problem, Row
from allocations.selectors.approvals import facts_of
from allocations.selectors.corrections import open_correction
from allocations.selectors.review import newest_upload
from allocations.services import trail
from allocations.services.batches import editable_batch
from allocations.services.mending import limits, store, stored, with_mended
from allocations.services.mending_findings import Changed, look_again
from allocations.services.restored import insist_on_free_rows

_BLOCK = 5_000
_GONE = (
    "This workbook was applied, given up or replaced by another one meanwhile, or the list was read anew. Look at the "
    "list again."
)
Change = tuple[int, str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row as it is and as it would be. `texts`: field -> now and then; `findings`: what it then has."""

    number: int
    texts: Mapping[str, tuple[str, str]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`conflicts`: rows that are no longer what the workbook was made from; then nothing can be applied."""

    rows: tuple[Difference, ...]
    conflicts: tuple[int, ...]

    @property
    def conflict(self) -> str:
        return conflict(self.conflicts)


@dataclass(frozen=True, slots=True)
class Applied:
    rows: int
    cells: int


def id_of(row: Row, *, upload_id: int, beside: Sequence[str]) -> RowId:
    """`beside`: what stands in the other locked columns."""
    return RowId(row.batch_id, upload_id, row.number, _seal(row), _lock(row.pk, beside))


def _seal(row: Row) -> str:
    """Of all that its cells hold now. Keyed, so that it tells nothing of them; a list read anew has other rows."""
    texts = "\0".join(map(stored(row).text, FIELDS))
    return salted_hmac("allocations.corrections", f"{row.pk}\0{texts}").hexdigest()[:32]


def _lock(row_id: int, beside: Sequence[str]) -> str:
    return salted_hmac("allocations.corrections.beside", f"{row_id}\0{beside_key(beside)}").hexdigest()[:8]


def propose(actor: Actor, *, batch_id: int, lines: Sequence[Line], file_name: str, sha256: str) -> Correction:
    """Keeps what a workbook would change; the list stays as it is. Another workbook of the same person goes."""
    with transaction.atomic():
        batch = _correctable(actor, batch_id)
        upload = newest_upload(batch_id)
        if upload is None:
            raise StateConflict("There is no list to correct. Upload one first.")
        check_lines(lines, batch=batch_id, upload=upload.pk)
        changes = _changes(batch, lines)
        Correction.objects.filter(batch=batch, made_by_id=actor.id).delete()
        return Correction.objects.create(
            batch=batch,
            upload=upload,
            made_by_id=actor.id,
            made_at=database_now(),
            file_name=file_name,
            sha256=sha256,
            changes=changes,
        )


def give_up(actor: Actor, *, batch_id: int) -> None:
    """The workbook is forgotten; nothing of it was ever stored in the list."""
    with transaction.atomic():
        _correctable(actor, batch_id)
        Correction.objects.filter(batch_id=batch_id, made_by_id=actor.id).delete()


def preview(correction: Correction) -> Preview:
    """What applying would do now. Changes nothing."""
    rows, conflicts = _rows_of(correction)
    now = {row.number: stored(row) for row in rows.values()}
    changed = _mended(correction, rows)
    found = look_again(correction.batch_id, changed)
    findings: dict[int, list[Finding]] = {}
    for number, finding in found.findings:
        findings.setdefault(number, []).append(finding)
    differences = [
        Difference(
            number,
            {field: (now[number].text(field), text) for field, text in texts.items()},
            tuple(findings.get(number, ())),
        )
        for number, _, texts in _stored_changes(correction)
        if number in rows
    ]
    return Preview(tuple(differences), tuple(conflicts))


def apply_correction(actor: Actor, *, batch_id: int, correction_id: int) -> Applied:
    """All of it or nothing. `correction_id`: the one that the actor saw; a row that is not as it was is a conflict.

    One entry in the trail names every row and column: thousands of entries would say the same and bury the rest.
    """
    with transaction.atomic():
        batch = _correctable(actor, batch_id)
        correction = open_correction(batch, actor.id)
        if correction is None or correction.pk != correction_id:
            raise StateConflict(_GONE)
        rows, conflicts = _rows_of(correction)
        if conflicts:
            refuse_changed(conflicts)
        store(batch, _mended(correction, rows))
        fields: dict[str, list[int]] = {field: [] for field in FIELDS}
        for number, _, texts in _stored_changes(correction):
            for field in texts:
                fields[field].append(number)
        applied = Applied(len(rows), sum(map(len, fields.values())))
        trail.write_entry(
            "correction workbook applied",
            at=database_now(),
            object_type="batch",
            object_id=batch.pk,
            batch_id=batch.pk,
            actor=actor,
            rows=applied.rows,
            cells=applied.cells,
            changed={field: numbers for field, numbers in fields.items() if numbers},
            sha256=correction.sha256,
        )
        correction.delete()
    return applied


def _correctable(actor: Actor, batch_id: int) -> Batch:
    # Before it is locked: locking counts the actor among the makers, who may.
    check_correct(actor, facts_of(Batch.objects.get(pk=batch_id)))
    batch = editable_batch(actor, batch_id)
    insist_on_free_rows(batch)
    return batch


def _changes(batch: Batch, lines: Sequence[Line]) -> list[Change]:
    """What the lines change, by number. Raises for lines that are not as they went out."""
    rows = _rows(batch.pk, [line.id.number for line in lines])
    changes: list[Change] = []
    others: list[int] = []
    for line in sorted(lines, key=lambda line: line.id.number):
        row = _row(line, rows)
        kept = stored(row)
        texts = {field: text for field, text in line.texts.items() if not alike(kept.text(field), text)}
        if not _is_as_it_was(row, line.id.seal) or (texts and row.state != RowState.PENDING):
            others.append(row.number)
        elif texts:
            changes.append((row.number, line.id.seal, texts))
    if others:
        refuse_changed(others)
    if not changes:
        raise InvalidInput("The workbook changes nothing: every row is as it was downloaded.")
    _check_no_ragged(batch, [number for number, _, _ in changes])
    return changes


def _row(line: Line, rows: Mapping[int, Row]) -> Row:
    row = rows.get(line.id.number)
    if row is None:
        raise InvalidInput(f"Line {line.at}: the list has no row {line.id.number}. Download the workbook again.")
    if not constant_time_compare(line.id.locked, _lock(row.pk, line.beside)):
        raise InvalidInput(
            f"Line {line.at}: the id, or what stands in the locked columns beside it, was changed. Download the "
            "workbook again and correct only the columns from “Title” on."
        )
    return row


def _check_no_ragged(batch: Batch, numbers: Sequence[int]) -> None:
    ragged = Problem.objects.filter(batch=batch, code__in=RAGGED).values_list("number", flat=True)
    if found := sorted(set(numbers).intersection(ragged)):
        raise InvalidInput(f"{rows_named(found)} cannot be corrected in a workbook: the cells do not fit the header.")


def _is_as_it_was(row: Row, seal: str) -> bool:
    return constant_time_compare(seal, _seal(row))


def _rows(batch_id: int, numbers: Sequence[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for start in range(0, len(numbers), _BLOCK):
        rows = Row.objects.filter(batch_id=batch_id, number__in=numbers[start : start + _BLOCK])
        found |= {row.number: row for row in rows}
    return found


def _stored_changes(correction: Correction) -> Iterator[Change]:
    for number, seal, texts in correction.changes:
        # PostgreSQL keeps no order of keys.
        yield int(number), str(seal), {field: texts[field] for field in FIELDS if field in texts}


def _rows_of(correction: Correction) -> tuple[dict[int, Row], list[int]]:
    """The rows that it changes, and the numbers of those that are no longer what the workbook was made from."""
    seals = {number: seal for number, seal, _ in _stored_changes(correction)}
    rows = _rows(correction.batch_id, list(seals))
    same = {
        number: row
        for number, row in rows.items()
        if row.state == RowState.PENDING and _is_as_it_was(row, seals[number])
    }
    return same, sorted(set(seals) - set(same))


def _mended(correction: Correction, rows: Mapping[int, Row]) -> list[Changed]:
    """The rows with their new content, which is not stored."""
    return [
        with_mended(rows[number], retype(stored(rows[number]), texts, limits=limits()))
        for number, _, texts in _stored_changes(correction)
        if number in rows
    ]
