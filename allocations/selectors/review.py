"""A list before submission: its problems by cause, and its rows a page at a time."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Min, Prefetch, QuerySet, Sum

from allocations.domain.states import RowState
from allocations.models import Batch, Problem, Row, Upload

PAGE_SIZE = 100


class Show(StrEnum):
    """Which rows the grid shows."""

    ALL = "all"
    ERRORS = "errors"
    WARNINGS = "warnings"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Cause:
    """Rows with the same problem, without those left out. `first` is the lowest row number, `newest` the highest id,
    `points` the sum of the rows whose amount is readable."""

    code: str
    severity: str
    rows: int
    first: int | None
    newest: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A page by row number: above `after`, or below `before`, or from the start."""

    after: int | None = None
    before: int | None = None
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows in order; `after` and `before` continue it, None at that end."""

    rows: tuple[Row, ...]
    after: int | None
    before: int | None


def causes(batch: Batch) -> list[Cause]:
    """Errors first, then by size. As counted with the batch's counters: a list can have a million problems."""
    if batch.causes is None or batch.causes["counters"] != _counters(batch):
        return counted_causes(batch.pk)
    return [Cause(*one) for one in batch.causes["causes"]]


def stored_causes(batch: Batch) -> dict[str, Any]:
    """What `causes` reads. With the counters it belongs to: a process of a former version counts only those."""
    return {"counters": _counters(batch), "causes": [astuple(one) for one in counted_causes(batch.pk)]}


def _counters(batch: Batch) -> list[int]:
    return [batch.row_count, batch.left_out_count, batch.error_rows, batch.warning_rows, batch.points_total]


def counted_causes(batch_id: int) -> list[Cause]:
    """As it is now, from every problem."""
    problems = Problem.objects.filter(batch_id=batch_id).exclude(row__state=RowState.LEFT_OUT).order_by()
    found = (
        problems.values("severity", "code")
        .annotate(rows=Count("number", distinct=True), first=Min("number"), newest=Max("id"))
        .annotate(points=Sum("row__amount", default=0), problems=Count("pk"))
    )
    counted = [_cause(problems, **one) for one in found]
    return sorted(counted, key=lambda cause: (cause.severity, -cause.rows, cause.code))


def _cause(every: QuerySet[Problem], *, points: int, problems: int, **found: Any) -> Cause:
    if problems != found["rows"]:
        # A row that has it in two cells is worth its points once.
        having = every.filter(severity=found["severity"], code=found["code"]).values("row")
        points = Row.objects.filter(pk__in=having).aggregate(points=Sum("amount", default=0))["points"]
    return Cause(**found, points=int(points))


def list_problems(batch_id: int) -> QuerySet[Problem]:
    """Problems of the whole list rather than of a row."""
    return Problem.objects.filter(batch_id=batch_id, row=None).order_by("id")


def review_rows(batch_id: int, *, show: Show, code: str, window: Window) -> RowPage:
    """One page with each row's problems. `code` narrows to one cause."""
    numbers = _numbers(batch_id, show=show, code=code)
    backwards = window.before is not None
    if backwards:
        numbers = numbers.filter(number__lt=window.before).order_by("-number")
    elif window.after is not None:
        numbers = numbers.filter(number__gt=window.after).order_by("number")
    found = [number for number in numbers.values_list("number", flat=True)[: window.size + 1] if number is not None]
    more, found = len(found) > window.size, sorted(found[: window.size])
    if not found:
        return RowPage(rows=(), after=None, before=None)
    return RowPage(
        rows=tuple(rows_by_number(batch_id, found)),
        after=found[-1] if more or backwards else None,
        before=found[0] if (backwards and more) or window.after is not None else None,
    )


def _numbers(batch_id: int, *, show: Show, code: str) -> QuerySet[Problem] | QuerySet[Row]:
    """Faulty rows are found through the problems' index: few problems in a million rows stay quick to page."""
    problems = Problem.objects.filter(batch_id=batch_id, row__isnull=False).order_by("number")
    problems = problems.exclude(row__state=RowState.LEFT_OUT).distinct()
    if code:
        return problems.filter(code=code)
    rows = Row.objects.filter(batch_id=batch_id).order_by("number")
    match show:
        case Show.ALL:
            return rows
        case Show.LEFT_OUT:
            return rows.filter(state=RowState.LEFT_OUT)
        case Show.ERRORS:
            return problems.filter(severity="error")
        case Show.WARNINGS:
            return problems.filter(severity="warning")


def rows_by_number(batch_id: int, numbers: Iterable[int]) -> QuerySet[Row]:
    problems = Prefetch("problems", queryset=Problem.objects.order_by("severity", "id"))
    return Row.objects.filter(batch_id=batch_id, number__in=list(numbers)).order_by("number").prefetch_related(problems)


def newest_upload(batch_id: int) -> Upload | None:
    return Upload.objects.filter(batch_id=batch_id).select_related("uploaded_by").first()


def twin_of(batch: Batch) -> Batch | None:
    """The newest other batch that was made from the same file."""
    upload = newest_upload(batch.pk)
    return same_file_elsewhere(upload) if upload else None


def same_file_elsewhere(upload: Upload) -> Batch | None:
    """The newest other batch that was made from a file with the same content."""
    same = Upload.objects.filter(sha256=upload.sha256).exclude(sha256="").exclude(batch_id=upload.batch_id)
    other = same.select_related("batch").first()
    return other.batch if other else None
