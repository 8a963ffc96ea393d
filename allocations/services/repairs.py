"""Named repairs of many rows at once: shown first, stored as a whole if nothing changed since, undone as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from allocations.domain.cells import FIELDS
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.mending import retype
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.repairs import MOST_ROWS, Kind, Step, steps
from allocations.domain.states import RowEvent, RowState
from allocations.gateway import database_now
from allocations.models import Batch, Repair, Row
from allocations.selectors.repairs import reach_of
from allocations.services import trail
from allocations.services.batches import count_rows, editable_batch
from allocations.services.leaving_out import move_rows
from allocations.services.mending import limits, store, stored, with_mended
from allocations.services.mending_findings import Changed
from allocations.services.restored import insist_on_free_rows

_BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a repair would do now. `rows`: those that it looks at; `having`: how many have the problem; `seal`: of all
    that it was made from."""

    kind: Kind
    code: str
    steps: tuple[Step, ...]
    rows: Mapping[int, Row]
    having: int
    seal: str

    @property
    def left_out(self) -> list[int]:
        return sorted(number for step in self.steps for number in step.left_out)

    @property
    def cells(self) -> int:
        return sum(len(step.texts) for step in self.steps)

    @property
    def touched(self) -> int:
        """How many rows it changes or leaves out."""
        return len(self.left_out) + sum(bool(step.texts) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Undone:
    """Rows that are as they were before the repair, and those that were changed since and stay as they are."""

    rows: int
    kept: int


def plan_repair(batch_id: int, *, kind: Kind, code: str) -> Plan:
    """Changes nothing. Raises InvalidInput where it would be about more rows than a person can look at."""
    reach = reach_of(batch_id, kind, code, most=MOST_ROWS)
    if reach is None:
        raise InvalidInput(
            f"More than {grouped(MOST_ROWS)} rows have this problem or share a person with one that has: too many to "
            "be repaired here. Correct them in your file and upload that."
        )
    found = steps(kind, code, reach.candidates, max_points=settings.MAX_POINTS_PER_ROW)
    return Plan(kind, code, found, reach.rows, reach.having, _seal(kind, code, found, reach.rows))


def repair(actor: Actor, *, batch_id: int, kind: Kind, code: str, seal: str) -> Plan:
    """All of the plan that the actor saw, or nothing. `seal`: of that plan; another one by now is a conflict.

    One entry in the trail names every row and column: thousands of entries would say the same and bury the rest.
    """
    now = database_now()
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        plan = plan_repair(batch_id, kind=kind, code=code)
        if not plan.steps or not constant_time_compare(seal, plan.seal):
            raise StateConflict("The list was changed since this was shown. Nothing was repaired. Look at it again.")
        made = [_made(step, plan.rows[step.number]) for step in plan.steps]
        record = Repair.objects.create(
            batch=batch, kind=kind, code=code, made_by_id=actor.id, made_at=now, row_count=plan.touched, steps=made
        )
        move_rows(batch, batch.rows.filter(number__in=plan.left_out), RowEvent.LEAVE_OUT)
        texts = {step.number: step.texts for step in plan.steps if step.texts}
        _store(batch, [_changed(plan.rows[number], typed) for number, typed in texts.items()])
        _tell("rows repaired", actor, record, rows=plan.touched, texts=texts, left_out=plan.left_out)
    return plan


def undo_repair(actor: Actor, *, batch_id: int, repair_id: int) -> Undone:
    """Every row as before the repair. Rows that belong together and of which one was changed since stay as they are."""
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        insist_on_free_rows(batch)
        record = Repair.objects.filter(batch=batch, pk=repair_id).first()
        if record is None:
            raise StateConflict("This repair was undone meanwhile, or the list was read anew. Look at the list again.")
        done = list(_done(record))
        rows = _rows(batch, done)
        same = [one for one in done if _is_as_left(one, rows)]
        left_out = sorted(number for one in same for number in one.left_out)
        texts = {one.number: one.before for one in same if one.before}
        move_rows(batch, batch.rows.filter(number__in=left_out), RowEvent.TAKE_BACK)
        _store(batch, [_changed(rows[number], typed) for number, typed in texts.items()])
        undone = Undone(len(texts) + len(left_out), record.row_count - len(texts) - len(left_out))
        _tell("repair undone", actor, record, rows=undone.rows, texts=texts, left_out=left_out)
        record.delete()
    return undone


@dataclass(frozen=True, slots=True)
class _Done:
    number: int
    before: Mapping[str, str | None]
    after: Mapping[str, str]
    left_out: tuple[int, ...]


def _made(step: Step, row: Row) -> list[Any]:
    edits = row.edits or {}
    return [step.number, {field: [edits.get(field), text] for field, text in step.texts.items()}, step.left_out]


def _done(record: Repair) -> Iterator[_Done]:
    for number, texts, left_out in record.steps:
        before = {field: texts[field][0] for field in FIELDS if field in texts}
        yield _Done(number, before, {field: texts[field][1] for field in before}, tuple(left_out))


def _is_as_left(one: _Done, rows: Mapping[int, Row]) -> bool:
    row = rows.get(one.number)
    if row is None or not all(number in rows and rows[number].state == RowState.LEFT_OUT for number in one.left_out):
        return False
    # A cell of a row that was left out since cannot be changed.
    now = stored(row) if row.state == RowState.PENDING else None
    return all(now is not None and now.text(field) == text for field, text in one.after.items())


def _rows(batch: Batch, done: Iterable[_Done]) -> dict[int, Row]:
    numbers = sorted({number for one in done for number in (one.number, *one.left_out)})
    found: dict[int, Row] = {}
    for start in range(0, len(numbers), _BLOCK):
        found |= {row.number: row for row in batch.rows.filter(number__in=numbers[start : start + _BLOCK])}
    return found


def _changed(row: Row, texts: Mapping[str, str | None]) -> Changed:
    return with_mended(row, retype(stored(row), texts, limits=limits()))


def _store(batch: Batch, changed: list[Changed]) -> None:
    if changed:
        store(batch, changed)
    else:
        count_rows(batch)


def _seal(kind: Kind, code: str, found: Iterable[Step], rows: Mapping[int, Row]) -> str:
    """Keyed, so that it tells nothing of the rows; a list read anew has other ones."""
    parts = [kind, code]
    for step in found:
        parts += [repr((dict(step.texts), step.left_out))]
        for number in (step.number, *step.left_out):
            row = rows[number]
            parts += [str(row.pk), *map(stored(row).text, FIELDS)]
    return salted_hmac("allocations.repairs", "\0".join(parts)).hexdigest()[:32]


def _tell(
    event: str,
    actor: Actor,
    record: Repair,
    *,
    rows: int,
    texts: Mapping[int, Mapping[str, str | None]],
    left_out: list[int],
) -> None:
    changed = {field: [number for number, typed in texts.items() if field in typed] for field in FIELDS}
    trail.write_entry(
        event,
        at=database_now(),
        object_type="batch",
        object_id=record.batch_id,
        batch_id=record.batch_id,
        actor=actor,
        repair=record.pk,
        kind=record.kind,
        cause=record.code,
        rows=rows,
        changed={field: numbers for field, numbers in changed.items() if numbers},
        left_out=left_out,
    )
