"""A batch beside the one approved before it from the same account: who is new, who is gone, who gets other points."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from allocations.domain.states import RowState
from allocations.models import Batch, Row
from allocations.selectors.approvals import sent_rows

PAGE = 50
# Of longer lists the page of changes is there, but nobody counts them: each row is looked up in the other list.
COUNTED_ROWS = 20_000


class Change(StrEnum):
    NEW = "new"
    GONE = "gone"
    POINTS = "points"


def changed_rows(batch: Batch, before: Batch, change: Change) -> QuerySet[Row]:
    """Rows of the batch, or of the one before where they are gone; by number. A person is known by the mobile.

    With other points: `points_before` is what one of the person's rows had there, and none had the same.
    """
    there, here = _same_person(before), _same_person(batch)
    match change:
        case Change.NEW:
            found = sent_rows(batch).filter(~Exists(there))
        case Change.GONE:
            found = sent_rows(before).filter(~Exists(here))
        case Change.POINTS:
            same = there.filter(amount=OuterRef("amount"))
            found = sent_rows(batch).filter(Exists(there), ~Exists(same))
            found = found.annotate(points_before=Subquery(there.order_by("number").values("amount")[:1]))
    return found.order_by("number")


def counted_changes(batch: Batch, before: Batch) -> dict[Change, int] | None:
    """None where the lists are too long to be counted while somebody waits."""
    if max(batch.row_count, before.row_count) > COUNTED_ROWS:
        return None
    return {change: changed_rows(batch, before, change).count() for change in Change}


def is_comparable(before: Batch | None) -> bool:
    """Whose personal data were erased nobody is known in."""
    return before is not None and before.erased_at is None


def _same_person(batch: Batch) -> QuerySet[Row]:
    return Row.objects.filter(batch=batch, mobile=OuterRef("mobile")).exclude(state=RowState.LEFT_OUT)
