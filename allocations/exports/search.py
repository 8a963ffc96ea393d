"""What a search found as a CSV: all its pages, masked as they are, with the totals of what is listed in its foot."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Count, Sum

from allocations.domain import policy
from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.searching import Meant, kinds
from allocations.exports.blocks import cell_blocks, paths
from allocations.exports.cells import Cell, Reader, points
from allocations.exports.csv_file import write_csv
from allocations.exports.drafts import Draft, temporary
from allocations.exports.hashes import sha256_of
from allocations.exports.kinds import CSVS, FileKind, kind_of
from allocations.exports.resource import ExportField, RowResource, columns_of_batches
from allocations.exports.snapshots import snapshot
from allocations.exports.tallies import Tally
from allocations.gateway import database_now
from allocations.models import Row
from allocations.selectors.facets import Facets, all_ids, rows_to_look_through
from allocations.selectors.searching import found_ids
from allocations.services import exporting

_FETCH = 2000


class TooMuch(InvalidInput):
    """More rows than one such file may hold."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`meant` None: by facets alone. `filter`: the facets as the trail keeps them."""

    meant: Meant | None
    facets: Facets
    filter: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MadeSearch:
    """A finished file, at its start, and what is known of it. Closing it deletes it."""

    file: BinaryIO
    kind: FileKind
    name: str
    sha256: str
    tally: Tally
    actor: Actor
    batches: tuple[int, ...]
    wanted: Wanted

    @property
    def in_full(self) -> bool:
        return False

    def note(self) -> None:
        """Writes the trail entry, without which nothing is handed out."""
        exporting.record_search_export(
            self.actor,
            rows=self.tally.row_count,
            points=self.tally.points.total(),
            sha256=self.sha256,
            batches=self.batches,
            credited_points=str(points(self.tally.credited)),
            filter=dict(self.wanted.filter),
            words=", ".join(kinds(self.wanted.meant)) if self.wanted.meant else "",
            kind=self.kind,
            personal_data="masked",
        )


@dataclass(slots=True)
class _Counted:
    """What the database itself counts and sums of the rows that are written."""

    rows: int = 0
    amount: int = 0
    credited: Decimal = Decimal(0)
    taken_back: Decimal = Decimal(0)
    batches: Counter[int] = field(default_factory=Counter)


def search_file(
    actor: Actor,
    wanted: Wanted,
    *,
    kind: str = FileKind.CSV,
    reasons: Mapping[str, str],
    evidence: Mapping[str, str],
) -> MadeSearch:
    """`written_search`, noted in the trail: to be handed out at once."""
    most = settings.SEARCH_EXPORT_ROWS
    made = written_search(actor, wanted, kind=kind, most=most, reasons=reasons, evidence=evidence)
    try:
        made.note()
    except BaseException:
        made.file.close()
        raise
    return made


def written_search(
    actor: Actor,
    wanted: Wanted,
    *,
    kind: str = FileKind.CSV,
    most: int,
    reasons: Mapping[str, str],
    evidence: Mapping[str, str],
    draft: Draft | None = None,
) -> MadeSearch:
    """All rows of the search, masked. `draft`: where to, a temporary file by default.

    Raises NotAllowed without the role, InvalidInput for a search that finds nothing, TooMuch for one that finds more
    than `most` rows, StateConflict when what was written is not what the database counts; then nothing is handed out.
    """
    draft = draft or temporary()
    file, tally = draft.file, draft.tally
    try:
        policy.check_export(actor)
        form = kind_of(kind, of=CSVS)
        with snapshot():
            ids = _ids(wanted.meant, wanted.facets, most=most)
            at, counted, shown = database_now(), _Counted(), columns_of_batches()
            tally.expected = len(ids)
            blocks = cell_blocks(_records(ids, shown, counted), shown, tally, Reader(reasons, evidence, masked=True))
            write_csv(file, shown, _with_foot(blocks, shown, tally), exact=form is FileKind.CSV_EXACT)
            _check(tally, counted)
        name = f"search-{at.astimezone(IST):%Y-%m-%d-%H%M}{form.ending}"
        return MadeSearch(file, form, name, sha256_of(file), tally, actor, tuple(sorted(counted.batches)), wanted)
    except BaseException:
        file.close()
        raise


def _ids(meant: Meant | None, facets: Facets, *, most: int) -> list[int]:
    if meant is None:
        through = rows_to_look_through(facets)
        if through > settings.MAX_ROWS:
            raise InvalidInput(
                f"The batches of this filter have {grouped(through)} rows; an export looks through "
                f"{grouped(settings.MAX_ROWS)} at most. Choose a year, an account or a person."
            )
    ids = all_ids(facets, most=most) if meant is None else found_ids(meant, facets, most=most)
    if not ids:
        raise InvalidInput("The search finds no row, so there is nothing to export.")
    if len(ids) > most:
        raise TooMuch(
            f"The search finds more than {grouped(most)} rows, the most of such an export. Narrow it, or export the "
            "batches one by one."
        )
    return ids


def _records(ids: Sequence[int], shown: Sequence[ExportField], counted: _Counted) -> Iterator[tuple[Any, ...]]:
    """In the order of the page."""
    for first in range(0, len(ids), _FETCH):
        block = ids[first : first + _FETCH]
        rows = RowResource().get_queryset().filter(pk__in=block)
        _count(block, counted)
        values = {pk: record for pk, *record in rows.values_list("pk", *paths(shown))}
        yield from (tuple(values[pk]) for pk in block)


def _count(block: Sequence[int], counted: _Counted) -> None:
    found = Row.objects.filter(pk__in=block)
    rows = found.order_by().values_list("batch_id").annotate(rows=Count("pk"))
    counted.batches.update(dict(rows))
    annotated = RowResource().get_queryset().filter(pk__in=block).order_by()
    sums = annotated.aggregate(
        rows=Count("pk"), points=Sum("amount"), credited=Sum("credited_points"), back=Sum("reversed_points")
    )
    counted.rows += sums["rows"]
    counted.amount += sums["points"] or 0
    counted.credited += sums["credited"] or 0
    counted.taken_back += sums["back"] or 0


def _with_foot(
    blocks: Iterator[list[Sequence[Cell]]], shown: Sequence[ExportField], tally: Tally
) -> Iterator[list[Sequence[Cell]]]:
    yield from blocks
    totals: dict[str, Cell] = {
        "batch_id": "Total",
        "batch__purpose": f"{grouped(tally.row_count)} row{'s' if tally.row_count != 1 else ''}",
        "amount": tally.points.total(),
        "credited_points": points(tally.credited),
        "reversed_points": points(tally.taken_back),
        "net_points": points(tally.net),
    }
    yield [[totals.get(path, "")] for path in paths(shown)]


def _check(tally: Tally, counted: _Counted) -> None:
    written = (tally.row_count, tally.points.total(), points(tally.credited), points(tally.taken_back))
    summed = (counted.rows, counted.amount, points(counted.credited), points(counted.taken_back))
    for what, found, expected in zip(
        ("rows", "points", "points credited", "points taken back"), written, summed, strict=True
    ):
        if found != expected:
            raise StateConflict(
                f"The export does not add up: {what} are {found} in its rows and {expected} in the database. Nothing "
                "was exported. Tell the owner of the portal."
            )
