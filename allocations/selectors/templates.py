"""People of earlier batches, for the list of the next one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from allocations.domain.states import BatchState, RowState
from allocations.models import Batch, Row

_FETCH = 2_000
_OFFERED = 5
_UNREAD = (BatchState.DRAFT, BatchState.CHECKING)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A batch whose people can be in the next list again."""

    batch: Batch
    rows: int


def people_of(batch_id: int) -> Iterator[Sequence[str]]:
    """Title, name, e-mail and mobile of everybody who was to get points, in order, a mobile once."""
    rows = Row.objects.filter(batch_id=batch_id, error_count=0).exclude(state=RowState.LEFT_OUT).order_by("number")
    seen: set[str] = set()
    for person in rows.values_list("title", "name", "email", "mobile").iterator(_FETCH):
        if person[3] not in seen:
            seen.add(person[3])
            yield person


def earlier_batches(person_id: int) -> list[Earlier]:
    """The newest batches that this person made or changed and that have people still."""
    mine = Q(uploaded_by_id=person_id) | Q(submitted_by_id=person_id) | Q(editors__user_id=person_id)
    batches = Batch.objects.filter(mine, row_count__gt=0, erased_at=None).exclude(state__in=_UNREAD).distinct()
    return [Earlier(one, one.row_count - one.left_out_count) for one in batches.order_by("-id")[:_OFFERED]]
