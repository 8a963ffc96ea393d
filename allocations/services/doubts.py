"""Rows that people may decide, read under the locks that keep workers from them until the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from allocations.domain.decisions import Doubt
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.states import OPEN_ATTEMPTS, UNDECIDED_BY_US, BatchState, RowState
from allocations.gateway import timing
from allocations.models import AttemptRow, Chunk, Replacement, Row, Run
from allocations.models.runs import ChunkState
from allocations.services import answering, late_answers


@dataclass(frozen=True, slots=True)
class Held:
    """Locked rows by id, the facts about each, and the chunks they are in."""

    rows: Mapping[int, Row]
    doubts: Sequence[Doubt]
    chunk_ids: frozenset[int]


def numbered_rows(batch_id: int, numbers: Sequence[int]) -> list[int]:
    """Row ids of these numbers of the batch. Raises InvalidInput for a number that it does not have."""
    found = dict(Row.objects.filter(batch_id=batch_id, number__in=numbers).values_list("number", "pk"))
    if missing := sorted(set(numbers) - set(found)):
        raise InvalidInput(f"Batch {batch_id} has no row {grouped(missing[0])}. Open the page again.")
    return [found[number] for number in sorted(found)]


def hold(row_ids: Sequence[int], *, now: datetime) -> Held:
    """Locks in the order of claims, run before chunk before row, so that no two wait for each other."""
    chunk_ids = frozenset(
        chunk_id
        for chunk_id in Row.objects.filter(pk__in=row_ids).order_by().values_list("chunk_id", flat=True)
        if chunk_id
    )
    # No chunk of a locked run can be claimed; one that is held already is only told of, never waited for.
    run_ids = Chunk.objects.filter(pk__in=chunk_ids).values("run_id")
    list(Run.objects.select_for_update(no_key=True).filter(pk__in=run_ids).order_by("pk"))
    at_work = set(Chunk.objects.filter(pk__in=chunk_ids, lease_expires_at__gte=now).values_list("pk", flat=True))
    free = Chunk.objects.filter(pk__in=chunk_ids - at_work).select_for_update(no_key=True).order_by("pk")
    chunks = {chunk.pk: chunk for chunk in free}
    rows = {row.pk: row for row in Row.objects.select_for_update(no_key=True).filter(pk__in=row_ids).order_by("pk")}
    open_calls = _open_calls(row_ids)
    replaced = dict(Replacement.objects.filter(replaces_id__in=row_ids).values_list("replaces_id", "row__batch__state"))
    doubts = [
        replace(
            _doubt(row, chunks.get(row.chunk_id or 0), now),
            call_open=row.pk in open_calls,
            replaced=row.pk in replaced,
            replacement_waits=replaced.get(row.pk, BatchState.APPROVED) != BatchState.APPROVED,
        )
        for row in sorted(rows.values(), key=lambda row: row.number)
    ]
    return Held(rows=rows, doubts=doubts, chunk_ids=chunk_ids)


def _open_calls(row_ids: Sequence[int]) -> set[int]:
    """Rows of a call that is not read yet."""
    not_read = Q(attempt__state__in=OPEN_ATTEMPTS) | Q(attempt__in=late_answers.unread())
    calls = AttemptRow.objects.filter(not_read, row_id__in=row_ids)
    return set(calls.values_list("row_id", flat=True))


def _doubt(row: Row, chunk: Chunk | None, now: datetime) -> Doubt:
    state = RowState(row.state)
    quiet_since = chunk.quiet_since if chunk else None
    return Doubt(
        row_id=row.pk,
        number=row.number,
        state=state,
        given_up=state in UNDECIDED_BY_US or (chunk is not None and chunk.state == ChunkState.PEOPLE),
        at_work=row.chunk_id is not None and chunk is None,
        call_open=False,
        quiet=quiet_since is None or now - quiet_since >= timing().recovery.quiet,
    )


def check_transactions(held: Held, transaction_ids: Mapping[int, str]) -> None:
    """`transaction_ids`: row id -> id. Raises StateConflict for one that another row of the portal already has."""
    holders = answering.holders(transaction_ids.values())
    for row_id, known in transaction_ids.items():
        if known and holders.get(known, row_id) != row_id:
            other = Row.objects.get(pk=holders[known])
            raise StateConflict(
                f"Transaction {known} belongs to row {grouped(other.number)} of batch {other.batch_id} already, "
                f"so it proves nothing about row {grouped(held.rows[row_id].number)}."
            )
