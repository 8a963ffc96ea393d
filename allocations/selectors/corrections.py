"""The rows that a correction workbook holds, and a workbook that came back."""

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from allocations.domain.corrections import MOST_ROWS
from allocations.domain.mending import RAGGED
from allocations.domain.states import RowState
from allocations.models import Batch, Correction, Problem, Row

_BLOCK = 500


def correctable_rows(batch_id: int) -> QuerySet[Row]:
    """Rows with problems that are not left out, and whose cells are known to stand in their columns."""
    # By way of the problems: few in a million rows are found quickly.
    problems = Problem.objects.filter(batch_id=batch_id, row__isnull=False).order_by()
    rows = Row.objects.filter(batch_id=batch_id, state=RowState.PENDING, pk__in=problems.values("row"))
    return rows.exclude(pk__in=problems.filter(code__in=RAGGED).values("row"))


def rows_to_correct(batch_id: int) -> Iterator[Row]:
    """At most MOST_ROWS with their problems, some hundred in memory: those with errors first, then by number."""
    rows = correctable_rows(batch_id).order_by("number").values_list("pk", flat=True)
    keys = list(rows.filter(error_count__gt=0)[:MOST_ROWS])
    keys += rows.filter(error_count=0)[: MOST_ROWS - len(keys)]
    problems = Prefetch("problems", queryset=Problem.objects.order_by("severity", "id"))
    for start in range(0, len(keys), _BLOCK):
        found = Row.objects.prefetch_related(problems).in_bulk(keys[start : start + _BLOCK])
        yield from (found[key] for key in keys[start : start + _BLOCK])


def open_correction(batch: Batch, person_id: int) -> Correction | None:
    """The workbook of this person that waits to be applied or given up."""
    return batch.corrections.filter(made_by_id=person_id).first()
