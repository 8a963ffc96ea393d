from django.db import models

from allocations.models.batches import Batch
from allocations.models.rows import Row


class Problem(models.Model):
    """What is wrong (error) or odd (warning) in one cell, row or list."""

    # An index of its own would only repeat the beginning of the others.
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="problems", db_index=False)
    # None for a problem of the whole list.
    row = models.ForeignKey(Row, on_delete=models.CASCADE, null=True, related_name="problems")
    number = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    found = models.CharField(max_length=100, blank=True)
    message = models.TextField()

    class Meta:
        ordering = ("number", "id")
        indexes = (
            # A page of rows with problems is read in the order of one of these, however many problems there are.
            models.Index(fields=("batch", "code", "number"), name="problem_by_code"),
            models.Index(fields=("batch", "severity", "number"), name="problem_by_severity"),
            # Of the whole list: none among the problems of a million rows.
            models.Index(fields=("batch",), name="problem_of_list", condition=models.Q(row__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(severity__in=("error", "warning")), name="problem_severity_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} in row {self.number}"
