"""The rows of a frozen content that its approvers open, and which of them somebody has opened."""

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet

from allocations.domain.samples import DRAWN, NEW, SHOWN_WHOLE, WARNED
from allocations.models import Batch, Row, SampleOpening
from allocations.selectors.approvals import previous_batch, sent_rows, spread_of
from allocations.selectors.comparing import COUNTED_ROWS, Change, changed_rows, is_comparable


@dataclass(frozen=True, slots=True)
class Sampled:
    """`why`: largest, warned, new or drawn."""

    why: str
    row: Row


def sample_of(batch: Batch) -> list[Sampled]:
    """The same for everybody who looks at the same content. All but the largest are drawn by the digest, so nobody
    chose them: not the maker, who would put harmless ones first, not the approver, not chance."""
    sent = sent_rows(batch)
    largest = spread_of(batch).largest
    by_number = {row.number: row for row in sent.filter(number__in=largest)}
    found = [Sampled("largest", by_number[number]) for number in largest]
    for why, rows, count in (
        ("warned", sent.filter(warning_count__gt=0), WARNED),
        ("new", _new_people(batch), NEW),
        ("drawn", sent, DRAWN),
    ):
        found += [Sampled(why, row) for row in _drawn(rows, batch.digest, count, besides=_numbers(found))]
    return found


def must_be_opened(batch: Batch, sample: list[Sampled]) -> frozenset[int]:
    """Row numbers; none of a list that stands on the sheet whole."""
    sent = batch.row_count - batch.left_out_count
    return _numbers(sample) if sent > SHOWN_WHOLE else frozenset()


def opened_rows(batch: Batch, user_id: int) -> frozenset[int]:
    """What this person has opened of the content as it is now."""
    mine = SampleOpening.objects.filter(batch=batch, digest=batch.digest, opened_by_id=user_id)
    return frozenset(mine.values_list("number", flat=True))


def _numbers(found: list[Sampled]) -> frozenset[int]:
    return frozenset(one.row.number for one in found)


def _new_people(batch: Batch) -> QuerySet[Row]:
    """Who was not in the batch before; nobody where the lists are too long to be compared while somebody waits."""
    before = previous_batch(batch)
    if before is None or not is_comparable(before) or max(batch.row_count, before.row_count) > COUNTED_ROWS:
        return Row.objects.none()
    return changed_rows(batch, before, Change.NEW)


def _drawn(rows: QuerySet[Row], digest: str, count: int, *, besides: frozenset[int]) -> list[Row]:
    ordered = rows.order_by("number")
    # The ends of an index: an aggregate of both would read every row.
    low, high = ordered.values_list("number", flat=True).first(), ordered.values_list("number", flat=True).last()
    if low is None or high is None:
        return []
    drawn: list[Row] = []
    for turn in range(count):
        left = ordered.exclude(number__in=besides | {row.number for row in drawn})
        at = low + _lot(digest, turn) % (high - low + 1)
        row = left.filter(number__gte=at).first() or left.first()
        drawn += [row] if row else []
    return sorted(drawn, key=lambda row: row.number)


def _lot(digest: str, turn: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{digest}:{turn}".encode()).digest()[:8])
