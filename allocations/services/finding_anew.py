"""Warnings of rows that come back into their list."""

from django.db.models import QuerySet

from allocations.models import Problem, Row


def find_anew(rows: QuerySet[Row]) -> None:
    """They count as found just now: whoever accepted warnings meanwhile did not have these among them."""
    warnings = list(Problem.objects.filter(row__in=rows, severity="warning").order_by("pk"))
    Problem.objects.filter(pk__in=[one.pk for one in warnings]).delete()
    for one in warnings:
        one.pk = None
    Problem.objects.bulk_create(warnings)
