from django.db import models

from allocations.models.batches import Batch
from allocations.models.rows import Row


class Problem(models.Model):
    """What is wrong (error) or odd (warning) in one cell, row or list."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="problems")
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
        indexes = (models.Index(fields=("batch", "severity", "code", "number"), name="problem_by_cause"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(severity__in=("error", "warning")), name="problem_severity_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} in row {self.number}"
