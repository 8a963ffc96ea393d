"""Rows of a submitted or approved batch, a page at a time by row number."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from allocations.domain.searching import read_search
from allocations.domain.states import UNDECIDED_BY_US, RowState
from allocations.models import Batch, Chunk, Row
from allocations.selectors.row_ways import beginning, exact

PAGE = 100
# The last digits of a mobile, which every mask shows.
SHOWN_BY_MASKS = 4
# Up to this many chunks are named in the query, so that a few failed rows in a million are found through their
# chunks; above it they are dense enough to be met in file order.
FEW_CHUNKS = 200
# In a longer batch a text is looked for by the indexes of its whole meanings and of names' beginnings; where these find
# nothing, and in a shorter one at once, every row is read for it.
MOST_READ_THROUGH = 100_000
# Rows of one batch with the same mobile, address or id. Where there are more they are dense enough to be met in file
# order.
_MOST_EXACT = 1_000
COUNTERS = {
    RowState.SENDING: ("sending",),
    RowState.FAILED: ("failed",),
    RowState.UNKNOWN: ("unknown",),
    RowState.CONFLICT: ("disputed",),
    RowState.ANOMALY: ("disputed",),
    RowState.CANCELLED: ("cancelled",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter over the rows of one batch. Empty means everything; `text` is a name, mobile, reference or id.

    A cause of failure is its code together with EnKash's own text. `in_full`: whether part of a mobile finds its row;
    who sees masks could otherwise ask for what they hide, digit by digit.
    """

    states: frozenset[RowState] = frozenset()
    text: str = ""
    reason_code: str = ""
    reason: str = ""
    in_full: bool = False


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows in file order. `earlier` and `later` are the numbers to page from, None at an end. `by_beginning`: only
    those whose name begins with the text; others may hold it elsewhere."""

    rows: tuple[Row, ...]
    earlier: int | None
    later: int | None
    by_beginning: bool = False


def row_page(
    batch: Batch, wanted: Wanted, *, after: int | None = None, before: int | None = None, size: int = PAGE
) -> RowPage:
    """The page behind row `after`, or the one that ends in front of row `before`, else the first."""
    rows, by_beginning = _wanted_rows(batch, wanted)
    if before is not None:
        found = list(rows.filter(number__lt=before).order_by("-number")[: size + 1])
        shown, more_before, more_after = found[:size][::-1], len(found) > size, bool(found)
    else:
        found = list(rows.filter(number__gt=after or 0).order_by("number")[: size + 1])
        shown, more_before, more_after = found[:size], bool(after) and bool(found), len(found) > size
    earlier = shown[0].number if shown and more_before else None
    later = shown[-1].number if shown and more_after else None
    return RowPage(rows=tuple(shown), earlier=earlier, later=later, by_beginning=by_beginning)


def _wanted_rows(batch: Batch, wanted: Wanted) -> tuple[QuerySet[Row], bool]:
    rows = Row.objects.filter(batch=batch)
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
        chunks = few_chunks(batch.pk, wanted.states)
        rows = rows if chunks is None else rows.filter(chunk_id__in=chunks)
    if wanted.reason_code:
        rows = rows.filter(reason_code=wanted.reason_code)
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    if not wanted.text:
        return rows, False
    by_index = _by_index(rows, wanted.text) if batch.row_count > MOST_READ_THROUGH else None
    return by_index or (rows.filter(_matches(wanted.text, in_full=wanted.in_full)), False)


def _by_index(rows: QuerySet[Row], text: str) -> tuple[QuerySet[Row], bool] | None:
    """None where every row has to be read for the text."""
    meant = read_search(text)
    ways = [way.values_list("pk", flat=True)[: _MOST_EXACT + 1] for way in exact(rows, meant)]
    found = {pk for way in ways for pk in way}
    if len(found) > _MOST_EXACT:
        return None
    # A whole address or mobile is nothing else.
    if found or meant.email or meant.mobile:
        return rows.filter(pk__in=found), False
    named = beginning(rows, text)
    return (named, True) if any(map(str.isalpha, text)) and named.exists() else None


def few_chunks(batch_id: int, states: frozenset[RowState]) -> list[int] | None:
    """The chunks that hold all rows of these outcomes; None where they do not lead to them or are too many."""
    if not states <= COUNTERS.keys():
        return None
    counters = {counter for state in states for counter in COUNTERS[state]}
    holding = Q()
    for counter in sorted(counters):
        holding |= Q(**{f"{counter}__gt": 0})
    chunks = list(Chunk.objects.filter(holding, run__batch_id=batch_id).values_list("id", flat=True)[: FEW_CHUNKS + 1])
    return chunks if len(chunks) <= FEW_CHUNKS else None


def _matches(text: str, *, in_full: bool) -> Q:
    digits = "".join(character for character in text if character in "0123456789")
    ids = Q(reference=text.upper()) | Q(transaction_id=text) | Q(card_id=text) | Q(client_reference=text)
    found = Q(name__icontains=text) | Q(email__iexact=text) | ids
    # Fewer digits are a row number or an amount more often than part of a mobile.
    if len(digits) < SHOWN_BY_MASKS:
        return found
    if in_full:
        return found | Q(mobile__contains=digits[-10:])
    shown = Q(mobile__endswith=digits) if len(digits) == SHOWN_BY_MASKS else Q(mobile=digits[-10:])
    return found | shown


STATE_FILTERS: dict[str, frozenset[RowState]] = {
    "credited": frozenset({RowState.CREDITED}),
    "failed": frozenset({RowState.FAILED}),
    "unknown": frozenset({RowState.UNKNOWN}),
    "disputed": UNDECIDED_BY_US,
    "sending": frozenset({RowState.SENDING}),
    "pending": frozenset({RowState.PENDING}),
    "cancelled": frozenset({RowState.CANCELLED}),
    "left_out": frozenset({RowState.LEFT_OUT}),
}
