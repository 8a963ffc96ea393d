"""Warnings that nobody has accepted of the rows as they are now: those that came back, or have other values."""

from django.db.models import QuerySet

from allocations.models import Problem, Row

_BLOCK = 5_000


def find_anew(rows: QuerySet[Row]) -> None:
    """They count as found just now: whoever accepted warnings until now did not have these among them."""
    warnings = Problem.objects.filter(row__in=rows, severity="warning")
    ids = list(warnings.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _BLOCK):
        block = list(Problem.objects.filter(pk__in=ids[start : start + _BLOCK]).order_by("pk"))
        Problem.objects.filter(pk__in=[one.pk for one in block]).delete()
        for one in block:
            one.pk = None
        Problem.objects.bulk_create(block)
