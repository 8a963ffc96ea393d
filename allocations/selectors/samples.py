"""The rows of a frozen content that its approvers open, and which of them somebody has opened."""

import hashlib
from dataclasses import dataclass

from allocations.domain.samples import DRAWN, LARGEST, SHOWN_WHOLE, WARNED
from allocations.models import Batch, Row, SampleOpening
from allocations.selectors.approvals import sent_rows


@dataclass(frozen=True, slots=True)
class Sampled:
    """`why`: largest, warned or drawn."""

    why: str
    row: Row


def sample_of(batch: Batch) -> list[Sampled]:
    """The same for everybody who looks at the same content."""
    sent = sent_rows(batch)
    found = [Sampled("largest", row) for row in sent.order_by("-amount", "number")[:LARGEST]]
    warned = sent.filter(warning_count__gt=0).exclude(number__in=_numbers(found)).order_by("number")[:WARNED]
    found += [Sampled("warned", row) for row in warned]
    return found + [Sampled("drawn", row) for row in _drawn(batch, besides=_numbers(found))]


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


def _drawn(batch: Batch, *, besides: frozenset[int]) -> list[Row]:
    """A few rows drawn by the digest itself, so nobody chose them: not the maker, not the approver, not chance."""
    numbers = sent_rows(batch).values_list("number", flat=True)
    # The ends of an index: an aggregate of both would read every row.
    low, high = numbers.order_by("number").first(), numbers.order_by("-number").first()
    if low is None or high is None:
        return []
    drawn: list[Row] = []
    for turn in range(DRAWN):
        left = sent_rows(batch).exclude(number__in=besides | {row.number for row in drawn}).order_by("number")
        at = low + _lot(batch.digest, turn) % (high - low + 1)
        row = left.filter(number__gte=at).first() or left.first()
        drawn += [row] if row else []
    return sorted(drawn, key=lambda row: row.number)


def _lot(digest: str, turn: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{digest}:{turn}".encode()).digest()[:8])
