"""Which other batches give the same people the same points, counted in a time that many rows and batches do not spoil.

A sample of the list finds the batches that are worth counting; only those few are compared row by row.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet

from allocations.domain.repeats import Repeat, is_notable
from allocations.domain.states import FROZEN_BATCHES, BatchState, RowState, RunState
from allocations.models import Batch, Row, Run
from allocations.models import Repeat as Kept
from allocations.selectors.replacements import is_replacement_batch

LOOK_BACK = timedelta(days=400)
MOST_SHOWN = 3
_SAMPLE = 500
# Of the sample, a batch worth counting has at least this share: half of what is notable, for a sample is no count.
_HINT = 4
_EQUAL = """
SELECT COALESCE(SUM(least.n), 0), COALESCE(SUM(least.n * least.amount), 0) FROM (
    SELECT mine.amount AS amount, CASE WHEN mine.n < other.n THEN mine.n ELSE other.n END AS n
    FROM (
        SELECT mobile, amount, COUNT(*) AS n FROM allocations_row
        WHERE batch_id = %s AND mobile > '' AND amount > 0 AND state <> 'left_out' GROUP BY mobile, amount
    ) mine
    JOIN (
        SELECT mobile, amount, COUNT(*) AS n FROM allocations_row
        WHERE batch_id = %s AND state NOT IN ('left_out', 'cancelled') GROUP BY mobile, amount
    ) other ON other.mobile = mine.mobile AND other.amount = mine.amount
) least
"""


def find_repeats(batch: Batch, *, now: datetime, root: str = "") -> list[Repeat]:
    """Notable repeats, the largest first. `root` also finds lists that are the same as a whole.

    A replacement repeats failed rows on purpose, under checks of its own.
    """
    if is_replacement_batch(batch.pk):
        return []
    earlier = Batch.objects.filter(state__in=FROZEN_BATCHES, submitted_at__gt=now - LOOK_BACK).exclude(pk=batch.pk)
    ids = set(_hinted(batch, earlier))
    if root:
        same = earlier.filter(content_root=root).order_by("-submitted_at")
        ids.update(same.values_list("pk", flat=True)[:MOST_SHOWN])
    repeats = [_counted(batch, other) for other in _with_end(earlier.filter(pk__in=ids))]
    return sorted(filter(is_notable, repeats), key=lambda repeat: (-repeat.equal, -repeat.batch_id))


def kept_repeats(batch_id: int) -> list[Repeat]:
    """As counted last; whether the other batch is on its way is read anew."""
    kept = {one.other_id: one for one in Kept.objects.filter(batch_id=batch_id)}
    others = {other.pk: other for other in _with_end(Batch.objects.filter(pk__in=kept))}
    return [
        _repeat(others[pk], equal=one.equal_rows, points=one.equal_points, rows=one.rows, other_rows=one.other_rows)
        for pk, one in kept.items()
    ]


def _hinted(batch: Batch, earlier: QuerySet[Batch]) -> list[int]:
    """The batches that have most of a sample of the list; of several the latest."""
    wanted = _sample(batch)
    people = {mobile for mobile, _ in wanted}
    rows = Row.objects.filter(mobile__in=people, batch__in=earlier).exclude(
        state__in=(RowState.LEFT_OUT, RowState.CANCELLED)
    )
    found = rows.order_by().values_list("batch_id", "mobile", "amount").distinct()
    hits = Counter(batch_id for batch_id, mobile, amount in found if (mobile, amount) in wanted)
    hinted = [batch_id for batch_id, count in hits.items() if count * _HINT >= len(wanted)]
    return sorted(hinted, key=lambda batch_id: (-hits[batch_id], -batch_id))[:MOST_SHOWN]


def _sample(batch: Batch) -> set[tuple[str, int]]:
    """Rows by chance, found through the index of their numbers: sorted lists and lists with gaps are met alike."""
    rows = Row.objects.filter(batch=batch, mobile__gt="", amount__gt=0).exclude(state=RowState.LEFT_OUT)
    top = rows.order_by("-number").values_list("number", flat=True).first() or 0
    numbers = random.Random(batch.pk).sample(range(1, top + 1), min(top, 2 * _SAMPLE))  # noqa: S311 - no secret
    people = rows.order_by("number").values_list("mobile", "amount")
    drawn = list(people.filter(number__in=numbers)[:_SAMPLE])
    if len(drawn) < _SAMPLE // 10:
        drawn = list(people[:_SAMPLE])
    return {(mobile, amount or 0) for mobile, amount in drawn}


def _with_end(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    going = Run.objects.filter(batch=OuterRef("pk")).exclude(state=RunState.SETTLED)
    return batches.annotate(is_going=Exists(going), ended_at=Max("runs__settled_at"))


def _counted(batch: Batch, other: Batch) -> Repeat:
    with connection.cursor() as cursor:
        cursor.execute(_EQUAL, [batch.pk, other.pk])
        equal, points = cursor.fetchone()
    mine = Row.objects.filter(batch=batch).exclude(state=RowState.LEFT_OUT)
    theirs = Row.objects.filter(batch=other).exclude(state__in=(RowState.LEFT_OUT, RowState.CANCELLED))
    return _repeat(other, equal=int(equal), points=int(points), rows=mine.count(), other_rows=theirs.count())


def _repeat(other: Batch, *, equal: int, points: int, rows: int, other_rows: int) -> Repeat:
    is_on_its_way = other.state == BatchState.SUBMITTED or other.is_going  # type: ignore[attr-defined]  # annotated
    return Repeat(
        batch_id=other.pk,
        purpose=other.purpose,
        equal=equal,
        points=points,
        rows=rows,
        other_rows=other_rows,
        ended_at=None if is_on_its_way else other.ended_at,  # type: ignore[attr-defined]  # annotated
    )
