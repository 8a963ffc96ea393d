"""What narrows a search beside its words, and the rows that fit when there are no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from allocations.domain.states import BatchState, RowState
from allocations.models import Batch, Row
from allocations.selectors.outcome_rows import few_chunks

PAGE = 50
# No index leads to an amount or to the common outcomes, so a page looks through so many rows and batches at most.
MOST_ROWS = 50_000
MOST_BATCHES = 60
# Where each row needs a look at all that its person got.
_DEAR = 10


_EARLIER = Row.objects.filter(
    Q(outcome_at__lt=OuterRef("outcome_at")) | Q(outcome_at=OuterRef("outcome_at"), pk__lt=OuterRef("pk")),
    mobile=OuterRef("mobile"),
    state=RowState.CREDITED,
)
_IS_FIRST = ~Exists(_EARLIER)


@dataclass(frozen=True, slots=True)
class Facets:
    """Which rows are wanted; an empty one wants all. `since` and `until` bound the time of submission.

    `maker_id`: who uploaded or submitted the batch. `purpose`: part of it. `least` and `most`: points of a row.
    `is_first`: credited to a person who was never credited before.
    """

    states: frozenset[RowState] = frozenset()
    account_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    maker_id: int | None = None
    approver_id: int | None = None
    purpose: str = ""
    least: int | None = None
    most: int | None = None
    is_first: bool = False

    @property
    def are_about_rows(self) -> bool:
        """Whether some rows of a batch are wanted and others not."""
        return bool(self.states or self.least or self.most or self.is_first)

    def narrow(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return self.narrow_rows(rows).filter(self._of_batches("batch__"))

    def narrow_rows(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """By what is about rows alone."""
        rows = rows.filter(_all({"state__in": self.states, "amount__gte": self.least, "amount__lte": self.most}))
        return rows.filter(_IS_FIRST, state=RowState.CREDITED, mobile__gt="") if self.is_first else rows

    def batches(self) -> QuerySet[Batch]:
        """Those with rows to look through, whatever these are like."""
        return Batch.objects.filter(self._of_batches(), row_count__gt=0).exclude(state=BatchState.CHECKING)

    def _of_batches(self, to: str = "") -> Q:
        wanted = {
            f"{to}account_id": self.account_id,
            f"{to}submitted_at__gte": self.since,
            f"{to}submitted_at__lt": self.until,
            f"{to}approved_by_id": self.approver_id,
            f"{to}purpose__icontains": self.purpose,
        }
        makers = Q(**{f"{to}uploaded_by_id": self.maker_id}) | Q(**{f"{to}submitted_by_id": self.maker_id})
        return _all(wanted) & makers if self.maker_id else _all(wanted)


def _all(wanted: Mapping[str, object]) -> Q:
    return Q(**{name: value for name, value in wanted.items() if value})


@dataclass(frozen=True, slots=True)
class Place:
    """Behind this row of this batch."""

    batch_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Walk:
    """`after`: where to go on, None at the end. `is_cut`: there was more to look through than one page may."""

    rows: tuple[Row, ...]
    after: Place | None = None
    is_cut: bool = False


def walk_rows(facets: Facets, *, after: Place | None = None, size: int = PAGE) -> Walk:
    """Rows of the newest batch first, in the order of its file; each batch by the index of its row numbers."""
    batches = facets.batches().order_by("-id")
    last = Subquery(Row.objects.filter(batch=OuterRef("pk")).order_by("-number").values("number")[:1])
    batches = batches.filter(pk__lte=after.batch_id) if after else batches
    found: list[Row] = []
    looked, most_rows = 0, MOST_ROWS // _DEAR if facets.is_first else MOST_ROWS
    for at, (batch_id, end) in enumerate(batches.annotate(last=last).values_list("pk", "last")[: MOST_BATCHES + 1]):
        begin = after.number if after and after.batch_id == batch_id else 0
        if at == MOST_BATCHES or looked >= most_rows:
            return Walk(tuple(found), Place(batch_id, begin), is_cut=True)
        rows = _rows(batch_id, facets).filter(number__gt=begin).order_by("number")
        chunks = few_chunks(batch_id, facets.states) if facets.states else None
        until = (end or 0) if chunks is not None or not facets.are_about_rows else begin + most_rows - looked
        rows = rows.filter(number__lte=until) if chunks is None else rows.filter(chunk_id__in=chunks)
        found += rows[: size + 1 - len(found)]
        if len(found) > size:
            return Walk(tuple(found[:size]), Place(found[size - 1].batch_id, found[size - 1].number))
        if until < (end or 0):
            return Walk(tuple(found), Place(batch_id, until), is_cut=True)
        looked += (end or 0) - begin if chunks is None else 0
    return Walk(tuple(found))


def rows_to_look_through(facets: Facets) -> int:
    """How many the batches have that these facets name, whatever the rows are like."""
    return facets.batches().aggregate(rows=Sum("row_count"))["rows"] or 0


def all_ids(facets: Facets, *, most: int) -> list[int]:
    """Of the rows that `walk_rows` lists, in the same order; one more than `most` where there are more."""
    rows = facets.narrow_rows(Row.objects.filter(batch__in=facets.batches()))
    return list(rows.order_by("-batch_id", "number").values_list("pk", flat=True)[: most + 1])


def _rows(batch_id: int, facets: Facets) -> QuerySet[Row]:
    rows = Row.objects.filter(batch_id=batch_id).select_related("batch__account", "batch__approved_by")
    return facets.narrow_rows(rows)
