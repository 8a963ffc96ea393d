"""Rows left out of a batch knowingly before it is submitted, and taken back. They stay listed."""

from django.db import transaction
from django.db.models import Q, QuerySet

from allocations.domain.accepting import Found, check_shown
from allocations.domain.cells import FIELDS, CleanRow
from allocations.domain.mending import SHARED
from allocations.domain.policy import Actor
from allocations.domain.states import ROW, RowEvent, RowState, move, sources
from allocations.gateway import database_now
from allocations.models import Batch, Problem, Row
from allocations.selectors.accepting import cause_of
from allocations.services import trail
from allocations.services.batches import count_rows, editable_batch
from allocations.services.finding_anew import find_anew
from allocations.services.mending_findings import look_around
from allocations.services.restored import against_change, insist_on_free_rows

# Each block of them is one more pass over the list while a person waits. Where more are left out, or more are around
# them, nothing is looked up: what was found before says too much, never too little.
_MOST_LOOKED_AROUND = 10_000


def leave_out_problem_rows(actor: Actor, *, batch_id: int) -> int:
    """Leaves out every row with an error, knowingly; returns how many. They stay listed."""
    return _set_aside(actor, batch_id, RowEvent.LEAVE_OUT, Q(error_count__gt=0))


def leave_out_cause(actor: Actor, *, batch_id: int, shown: Found) -> int:
    """Leaves out every row with one problem, as the page showed it; returns how many. They stay listed."""
    with transaction.atomic():
        editable_batch(actor, batch_id)
        check_shown(cause_of(batch_id, shown.code), shown)
        rows = Problem.objects.filter(batch_id=batch_id, code=shown.code).values("row")
        return _set_aside(actor, batch_id, RowEvent.LEAVE_OUT, Q(pk__in=rows), cause=shown.code)


def leave_out_row(actor: Actor, *, batch_id: int, number: int) -> None:
    _set_aside(actor, batch_id, RowEvent.LEAVE_OUT, Q(number=number))


def take_back_row(actor: Actor, *, batch_id: int, number: int) -> None:
    """Undoes leaving a row out."""
    _set_aside(actor, batch_id, RowEvent.TAKE_BACK, Q(number=number))


def _set_aside(actor: Actor, batch_id: int, event: RowEvent, wanted: Q, **why: str) -> int:
    now = database_now()
    with transaction.atomic():
        batch = editable_batch(actor, batch_id)
        rows = batch.rows.filter(wanted, state=_source(event))
        numbers = list(rows.values_list("number", flat=True)[:100])
        changed = move_rows(batch, rows, event)
        if changed:
            count_rows(batch)
            trail.write_entry(
                f"rows {event}",
                at=now,
                object_type="batch",
                object_id=batch.pk,
                batch_id=batch.pk,
                actor=actor,
                count=changed,
                first_numbers=numbers,
                **why,
            )
    return changed


def move_rows(batch: Batch, rows: QuerySet[Row], event: RowEvent) -> int:
    """Of a locked batch: how many were in the state for it. What is known of the rows around them follows; the
    batch's counters are left to the caller."""
    source = _source(event)
    rows = rows.filter(state=source)
    # A row with errors was never sent; one that is taken back is looked up before it is.
    if event is RowEvent.LEAVE_OUT and rows.filter(error_count=0).exists():
        insist_on_free_rows(batch)
    if event is RowEvent.TAKE_BACK:
        find_anew(rows)
    # In a batch that came back with a backup, rows without errors may have been sent: none of them gets one now.
    felt = [] if against_change(batch) else _felt_around(rows, event)
    changed = rows.update(state=move(ROW, source, event))
    look_around(batch.pk, felt, most=_MOST_LOOKED_AROUND if event is RowEvent.LEAVE_OUT else None)
    return changed


def _source(event: RowEvent) -> RowState:
    return next(iter(sources(ROW, event)))


def _felt_around(rows: QuerySet[Row], event: RowEvent) -> list[CleanRow]:
    """Rows whose coming or going changes what is found about others. One that comes may meet rows changed meanwhile."""
    if event is RowEvent.LEAVE_OUT:
        rows = rows.filter(pk__in=Problem.objects.filter(row__in=rows, code__in=SHARED).values("row"))
    found = list(rows.values_list(*FIELDS)[: _MOST_LOOKED_AROUND + 1])
    return [] if len(found) > _MOST_LOOKED_AROUND else [CleanRow._make(values) for values in found]
