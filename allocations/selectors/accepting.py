"""Warnings by cause, what makers said to them, and what an approver has to have seen."""

from django.db.models import Count, Max, QuerySet, Sum

from allocations.domain.accepting import Covered, Found
from allocations.domain.causes import cause_label
from allocations.domain.states import RowState
from allocations.models import Acceptance, Batch, Problem, Row
from allocations.selectors.questions import threads_to_be_seen
from allocations.selectors.repeats import kept_repeats
from allocations.selectors.review import Cause


def acceptances(batch_id: int) -> dict[str, Acceptance]:
    """By code, also those that later warnings have overtaken."""
    found = Acceptance.objects.filter(batch_id=batch_id).select_related("accepted_by")
    return {one.code: one for one in found}


def warnings_of(batch_id: int) -> list[Found]:
    """Among the rows that would be sent."""
    return _by_code(Problem.objects.filter(batch_id=batch_id, severity="warning"))


def warning_of(batch_id: int, code: str) -> Found | None:
    return next(iter(_by_code(Problem.objects.filter(batch_id=batch_id, severity="warning", code=code))), None)


def cause_of(batch_id: int, code: str) -> Found | None:
    """Errors or warnings."""
    found = Problem.objects.filter(batch_id=batch_id, severity__in=("error", "warning"), code=code, row__isnull=False)
    return next(iter(_by_code(found)), None)


def points_with(batch: Batch, code: str) -> int:
    """Of the rows with this problem that would be sent as the list is now."""
    having = Problem.objects.filter(batch=batch, code=code).values("row")
    rows = Row.objects.filter(batch=batch, error_count=0, pk__in=having).exclude(state=RowState.LEFT_OUT)
    return int(rows.aggregate(points=Sum("amount", default=0))["points"])


def _by_code(found: QuerySet[Problem]) -> list[Found]:
    kinds = found.exclude(row__state=RowState.LEFT_OUT).order_by().values("code")
    kinds = kinds.annotate(rows=Count("number", distinct=True), newest=Max("id"))
    return [Found(**one) for one in kinds]


def warned(cause: Cause) -> Found:
    return Found(cause.code, cause.rows, cause.newest)


def covered(acceptance: Acceptance | None) -> Covered | None:
    return Covered(acceptance.code, acceptance.newest, acceptance.reason) if acceptance else None


def to_be_seen(batch: Batch) -> dict[str, str]:
    """What an approver ticks, by code, and what it is called: kinds of warnings, batches that give the same, and
    questions with their answers."""
    codes = list(Acceptance.objects.filter(batch=batch).values_list("code", flat=True))
    # A batch that was submitted before warnings were accepted has none.
    kinds = {code: cause_label(code) for code in codes or sorted(one.code for one in warnings_of(batch.pk))}
    kinds |= {repeat.code: f"Points that batch {repeat.batch_id} gives too" for repeat in kept_repeats(batch.pk)}
    return kinds | threads_to_be_seen(batch)
