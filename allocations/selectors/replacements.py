"""Which rows took the place of which."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from allocations.domain.replacing import REPLACEABLE
from allocations.domain.states import RowState
from allocations.models import Replacement, Row

MOST_SHOWN = 100


def is_replacement_batch(batch_id: int) -> bool:
    """All rows of such a batch are replacements: it is made in one piece and never mixed."""
    return Replacement.objects.filter(row__batch_id=batch_id).exists()


def replaceable_rows(batch_id: int, numbers: Sequence[int] = ()) -> QuerySet[Row]:
    """Failed rows and conflicts without a replacement, in file order."""
    rows = Row.objects.filter(batch_id=batch_id, state__in=REPLACEABLE, replaced_by=None, chunk__isnull=False)
    return (rows.filter(number__in=numbers) if numbers else rows).order_by("number")


@dataclass(frozen=True, slots=True)
class Replaced:
    """Failed rows of a batch that cannot be run again, because others took their place."""

    rows: int
    points: int


def replaced_failed_rows(batch_id: int) -> Replaced:
    rows = Row.objects.filter(batch_id=batch_id, state=RowState.FAILED, replaced_by__isnull=False)
    return Replaced(**rows.aggregate(rows=Count("pk"), points=Sum("amount", default=0)))


def replacement_of(row: Row) -> Replacement | None:
    """What the row took the place of."""
    return Replacement.objects.select_related("replaces", "made_by").filter(row=row).first()


def successor_of(row: Row) -> Replacement | None:
    """What took the row's place."""
    return Replacement.objects.select_related("row", "made_by").filter(replaces=row).first()


def credited_predecessor(batch_id: int) -> Replacement | None:
    """A replacement whose old row turned out to be credited after all: sending it would pay twice."""
    made = Replacement.objects.select_related("row", "replaces").filter(row__batch_id=batch_id)
    return made.exclude(replaces__state__in=REPLACEABLE).order_by("row__number").first()
