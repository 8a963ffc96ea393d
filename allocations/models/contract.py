from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.enkash.contract.shapes import Call, Difference
from allocations.models.fields import known, paired
from allocations.models.runs import Chunk, Run


class Mark(StrEnum):
    """OPEN alarms. KNOWN is accepted as it is, for good; MENDED opens again if it is seen again."""

    OPEN = "open"
    KNOWN = "known"
    MENDED = "mended"


class ContractDifference(models.Model):
    """One way in which EnKash's answers differ from its documentation, and in how many of them it was seen.

    `path` and `detail` hold no value of an answer: enkash.contract.names lets nobody's data through.
    """

    call = models.CharField(max_length=12)
    kind = models.CharField(max_length=16)
    path = models.CharField(max_length=250)
    detail = models.CharField(max_length=250, blank=True)
    breaking = models.BooleanField()
    count = models.PositiveBigIntegerField(default=1)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    # Of the newest answer that had it, to find the raw one; none for a call outside of runs.
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    chunk = models.ForeignKey(Chunk, on_delete=models.SET_NULL, null=True, related_name="+")
    mark = models.CharField(max_length=8, default=Mark.OPEN.value)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-breaking", "call", "path", "id")
        constraints = (
            models.UniqueConstraint(fields=("call", "kind", "path", "detail"), name="contract_difference_once"),
            known("call", Call, "contract_call_known"),
            known("kind", Difference, "contract_kind_known"),
            known("mark", Mark, "contract_mark_known"),
            paired("contract_marked_pair", "marked_by", "marked_at"),
            models.CheckConstraint(
                condition=Q(mark=Mark.OPEN.value) | (Q(marked_by__isnull=False) & ~Q(reason="")),
                name="contract_marked_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"difference {self.pk} in the answer to {self.call}"
