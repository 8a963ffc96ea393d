"""Adds up what each person got in each financial year, beside the runs and never in their transactions.

Whoever is touched by a chunk that came to rest, or by a reversal that took effect, is added up anew from all their
rows: done twice it is done once, and nothing can drift. Chunks and reversals that are counted are noted with what they
had then, so late evidence is counted too. Only one transaction at a time adds up.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from allocations import queue
from allocations.domain.reversals import ReversalState
from allocations.domain.states import RowState, RunState
from allocations.gateway import database_now
from allocations.models import Chunk, CountedChunk, CountedReversal, PersonCount, PersonYear, Reversal
from allocations.services.locks import one_person_count_at_a_time

# How old what the pages show may be while nothing new came to rest.
EVERY = timedelta(minutes=1)
# Counted together, in one transaction of a second or so.
_CHUNKS = 100
_REVERSALS = 500
# Seconds, at most once in EVERY: most of the time of an import worker is for lists.
_LONGEST_TURN = 15.0
# A run that sends shall not share the database with this. What waits for people may do so for days.
_AT_REST = (RunState.PAUSED, RunState.ATTENTION, RunState.SETTLED)
# The year in whose April an instant lies, in India: January to March belong to the year before. SQLite would round the
# last half of a thousandth of a year up into the next one, so it gets whole seconds.
_YEAR = {
    "postgresql": "EXTRACT(YEAR FROM {at} AT TIME ZONE 'UTC' + INTERVAL '5 hours 30 minutes' - INTERVAL '3 months')",
    "sqlite": "CAST(STRFTIME('%%Y', SUBSTR({at}, 1, 19), '+330 minutes', 'start of month', '-3 months') AS INTEGER)",
}
_CREDITED = f"part.state = '{RowState.CREDITED.value}' AND part.mobile <> ''"
_REVERSED = f"taken.state = '{ReversalState.REVERSED.value}' AND part.mobile <> ''"
_FORGET = """
DELETE FROM allocations_personyear WHERE row_id IN (SELECT part.id FROM allocations_row part WHERE {people})
"""
_ADD_UP = """
INSERT INTO allocations_personyear (row_id, year, times, given, reversed, net)
SELECT MAX(id), year, SUM(times), ROUND(SUM(given), 2), ROUND(SUM(reversed), 2), ROUND(SUM(given) - SUM(reversed), 2)
FROM (
    SELECT part.id AS id, part.mobile AS mobile, {given_in} AS year, 1 AS times, part.credited_amount AS given,
        0 AS reversed
    FROM allocations_row part WHERE {credited} AND {people}
    UNION ALL
    SELECT part.id, part.mobile, {taken_in}, 0, 0, taken.amount
    FROM allocations_reversal taken JOIN allocations_row part ON part.id = taken.row_id
    WHERE {was_reversed} AND {people}
) parts
WHERE year IS NOT NULL
GROUP BY mobile, year
"""


def ring_due(*, now: datetime) -> None:
    """Rings for what came to rest since the last time, at most once in EVERY."""
    known, _ = PersonCount.objects.get_or_create(pk=1)
    if any(at is not None and now - at < EVERY for at in (known.counted_at, known.rung_at)):
        return
    if due_chunks().exists() or due_reversals().exists():
        PersonCount.objects.filter(pk=1).update(rung_at=now)
        queue.ring_person_count()
    else:
        _note(now)


def due_chunks() -> QuerySet[Chunk]:
    """Of runs at rest, with other credits than were counted."""
    same = {name: OuterRef(name) for name in ("credited", "credited_points")}
    counted = CountedChunk.objects.filter(chunk=OuterRef("pk"), **same)
    return Chunk.objects.filter(~Exists(counted), credited__gt=0, run__state__in=_AT_REST).order_by("pk")


def due_reversals() -> QuerySet[Reversal]:
    """That took their points back and were not counted."""
    counted = CountedReversal.objects.filter(reversal=OuterRef("pk"))
    return Reversal.objects.filter(~Exists(counted), state=ReversalState.REVERSED).order_by("pk")


def count_people() -> None:
    """All that is due, for as long as its turn lasts. The sweeper rings for the rest."""
    began = monotonic()
    while monotonic() - began < _LONGEST_TURN:
        now = database_now()
        if not count_some():
            _note(now)
            return


def count_some() -> bool:
    """One step. False where nothing was due."""
    with transaction.atomic(durable=True):
        one_person_count_at_a_time()
        # First, so that what changes in between is due again.
        chunks = list(due_chunks().values_list("pk", "credited", "credited_points")[:_CHUNKS])
        reversals = dict(due_reversals().values_list("pk", "row_id")[:_REVERSALS])
        if chunks or reversals:
            _look_people_up()
            people, values = _touched([pk for pk, _, _ in chunks], set(reversals.values()))
            _forget(f"part.mobile IN ({people})", values)
            _insert(f"part.mobile IN ({people})", values)
            _mark(chunks, reversals)
    return bool(chunks or reversals)


def rebuild() -> int:
    """All people from all rows, in one transaction, whatever was counted before. Returns how many years of people."""
    with transaction.atomic(durable=True):
        one_person_count_at_a_time()
        now = database_now()
        CountedChunk.objects.all().delete()
        CountedReversal.objects.all().delete()
        # As in a step: what comes in between is due afterwards.
        _mark(
            list(due_chunks().values_list("pk", "credited", "credited_points")),
            list(due_reversals().values_list("pk", flat=True)),
        )
        PersonYear.objects.all().delete()
        made = _insert("1 = 1", {})
        PersonCount.objects.update_or_create(pk=1, defaults={"counted_at": now})
    return made


def forget_people_of(batch_id: int) -> None:
    """In the transaction that erases the batch, before its rows lose their mobiles: whoever is in it keeps what other
    batches gave them, and is gone where none did."""
    one_person_count_at_a_time()
    people = "part.mobile IN (SELECT mobile FROM allocations_row WHERE batch_id = %(batch)s AND mobile <> '')"
    _forget(people, {"batch": batch_id})
    _insert(f"{people} AND part.batch_id <> %(batch)s", {"batch": batch_id})


def _touched(chunk_ids: Collection[int], row_ids: Collection[int]) -> tuple[str, dict[str, int]]:
    """The mobiles of these chunks' credits and of these rows, as a query."""
    chunks = {f"c{at}": pk for at, pk in enumerate(chunk_ids)}
    rows = {f"r{at}": pk for at, pk in enumerate(row_ids)}
    listed = [", ".join(f"%({name})s" for name in names) or "NULL" for names in (chunks, rows)]
    people = (
        f"SELECT mobile FROM allocations_row WHERE chunk_id IN ({listed[0]}) AND state = '{RowState.CREDITED.value}'"  # noqa: S608 - our own text
        f" UNION SELECT mobile FROM allocations_row WHERE id IN ({listed[1]})"
    )
    return people, {**chunks, **rows}


def _look_people_up() -> None:
    """Until the end of the transaction. For the few thousand people of a step PostgreSQL would read the whole table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")


def _forget(people: str, values: Mapping[str, Any]) -> None:
    """`people`: which of the rows `part` are theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET.format(people=people), values)


def _insert(people: str, values: Mapping[str, Any]) -> int:
    """Adds up the rows `part` of these people. Returns how many lines it made."""
    year = _YEAR[connection.vendor]
    statement = _ADD_UP.format(
        given_in=year.format(at="part.outcome_at"),
        taken_in=year.format(at="taken.outcome_at"),
        credited=_CREDITED,
        was_reversed=_REVERSED,
        people=people,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _mark(chunks: Collection[tuple[int, int, Any]], reversals: Collection[int]) -> None:
    CountedChunk.objects.bulk_create(
        [CountedChunk(chunk_id=pk, credited=credited, credited_points=points) for pk, credited, points in chunks],
        update_conflicts=True,
        unique_fields=["chunk"],
        update_fields=["credited", "credited_points"],
        batch_size=1_000,
    )
    CountedReversal.objects.bulk_create(
        [CountedReversal(reversal_id=pk) for pk in reversals], ignore_conflicts=True, batch_size=1_000
    )


def _note(now: datetime) -> None:
    PersonCount.objects.update_or_create(pk=1, defaults={"counted_at": now})
