"""Batches, rows and reversals by what people know of them. Every lookup has its index; none reads a table whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from allocations.domain.searching import Meant
from allocations.models import Batch, Reversal, Row, SavedView
from allocations.models.fields import NameKey
from allocations.selectors.facets import PAGE, Facets
from allocations.selectors.row_ways import beginning, exact

FEW = 10


@dataclass(frozen=True, slots=True)
class Found:
    """`by_name`: nothing fits exactly, these names begin so. `after`: the row to page on from, None at the end."""

    rows: tuple[Row, ...]
    by_name: bool = False
    after: int | None = None


def find_rows(meant: Meant, facets: Facets, *, after: int | None = None, size: int = PAGE) -> Found:
    """Rows that fit exactly, newest first; where there are none, rows by name, in the order of names."""
    exact = _first(_exact(meant, facets, after), size + 1)
    if exact or not meant.name:
        return _page(exact, size, by_name=False)
    named = list(_named(meant.name, facets, after)[: size + 1])
    return _page(named, size, by_name=True)


def found_ids(meant: Meant, facets: Facets, *, most: int) -> list[int]:
    """Of all rows that `find_rows` pages through, in its order; one more than `most` where there are more."""
    ways = [way.order_by("-id").values_list("pk", flat=True)[: most + 1] for way in _exact(meant, facets, None)]
    exact = sorted({pk for way in ways for pk in way}, reverse=True)[: most + 1]
    if exact or not meant.name:
        return exact
    return list(_named(meant.name, facets, None).values_list("pk", flat=True)[: most + 1])


def _page(rows: list[Row], size: int, *, by_name: bool) -> Found:
    return Found(tuple(rows[:size]), by_name and bool(rows), rows[size - 1].pk if len(rows) > size else None)


def _first(ways: Iterator[QuerySet[Row]], size: int) -> list[Row]:
    found = {row.pk: row for rows in ways for row in rows.order_by("-id")[:size]}
    return sorted(found.values(), key=lambda row: -row.pk)[:size]


def _exact(meant: Meant, facets: Facets, after: int | None) -> Iterator[QuerySet[Row]]:
    rows = facets.narrow(_rows())
    return exact(rows.filter(pk__lt=after) if after else rows, meant)


def _named(name: str, facets: Facets, after: int | None) -> QuerySet[Row]:
    rows = beginning(facets.narrow(_rows()), name).alias(key=NameKey("name")).order_by("key", "id")
    place = Row.objects.filter(pk=after).values_list(NameKey("name"), "id").first() if after else None
    return rows if place is None else rows.filter(key__gte=place[0]).filter(Q(key__gt=place[0]) | Q(pk__gt=place[1]))


def _rows() -> QuerySet[Row]:
    return Row.objects.select_related("batch__account", "batch__approved_by").prefetch_related("batch__votes__voted_by")


def find_batches(meant: Meant, text: str) -> list[Batch]:
    """By number, digest or its code, or part of the purpose; newest first, the first few."""
    wanted = Q(purpose__icontains=text)
    if meant.batch is not None:
        wanted |= Q(pk=meant.batch)
    if meant.digest:
        wanted |= Q(digest__startswith=meant.digest)
    batches = Batch.objects.select_related("account", "uploaded_by", "submitted_by").order_by("-id")
    return list(batches.filter(wanted)[:FEW])


def find_reversals(meant: Meant) -> list[Reversal]:
    """By our reference or EnKash's transaction id."""
    if not meant.code:
        return []
    wanted = Q(reference=meant.code.upper()) | Q(transaction_id=meant.code)
    return list(Reversal.objects.select_related("row__batch").filter(wanted)[:FEW])


def views_of(person_id: int) -> list[SavedView]:
    """What somebody keeps, by name."""
    return list(SavedView.objects.filter(person_id=person_id))


def makers() -> list[User]:
    """Who uploaded or submitted a batch."""
    return _who("uploaded_by", "submitted_by")


def approvers() -> list[User]:
    """Who approved a batch."""
    return _who("approved_by")


def _who(*parts: str) -> list[User]:
    took_part = Q()
    for part in parts:
        took_part |= Q(Exists(Batch.objects.filter(**{part: OuterRef("pk")})))
    return list(User.objects.filter(took_part).order_by("first_name", "last_name", "username"))
