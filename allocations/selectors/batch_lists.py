"""Lists of batches, each with its newest run and where its rows stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from allocations.domain.states import BatchState
from allocations.models import Batch, Chunk, Run
from allocations.selectors.totals import POINT_COUNTERS, ROW_COUNTERS, Totals

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class BatchLine:
    batch: Batch
    totals: Totals
    run: Run | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`before` is the number that the next, older page starts below; None on the last page."""

    lines: tuple[BatchLine, ...]
    before: int | None


def batch_page(*, states: frozenset[BatchState], text: str, before: int | None, size: int = PAGE_SIZE) -> BatchPage:
    """Newest first. `text` is a batch number or part of a purpose; no states means all."""
    batches = Batch.objects.select_related("account", "uploaded_by", "submitted_by").order_by("-id")
    if states:
        batches = batches.filter(state__in=states)
    if text:
        batches = batches.filter(_matches(text))
    if before is not None:
        batches = batches.filter(pk__lt=before)
    found = list(batches[: size + 1])
    return BatchPage(
        lines=batch_lines(found[:size]),
        before=found[size - 1].pk if len(found) > size else None,
    )


def _matches(text: str) -> Q:
    number = text.strip().removeprefix("#")
    matches = Q(purpose__icontains=text.strip())
    return matches | Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 15 else matches


def batch_lines(batches: Sequence[Batch]) -> tuple[BatchLine, ...]:
    """Two queries for all of them: sums of chunk counters, and newest runs."""
    approved = [batch.pk for batch in batches if batch.state == BatchState.APPROVED]
    totals = _totals(approved)
    runs = {run.batch_id: run for run in _runs(approved)}
    return tuple(
        BatchLine(batch=batch, totals=totals.get(batch.pk, Totals()), run=runs.get(batch.pk)) for batch in batches
    )


def _totals(batch_ids: Sequence[int]) -> dict[int, Totals]:
    names = (*ROW_COUNTERS, *POINT_COUNTERS)
    chunks = Chunk.objects.filter(run__batch_id__in=batch_ids).order_by()
    sums = chunks.values_list("run__batch_id").annotate(*[Sum(name) for name in names])
    found = {batch_id: dict(zip(names, counts, strict=True)) for batch_id, *counts in sums}
    return {
        batch_id: Totals(rows=sum(counts[name] for name in ROW_COUNTERS), **counts)
        for batch_id, counts in found.items()
    }


def _runs(batch_ids: Sequence[int]) -> QuerySet[Run]:
    """Oldest first, so that the newest of a batch is the last one that a dict keeps."""
    return Run.objects.filter(batch_id__in=batch_ids).order_by("generation")
