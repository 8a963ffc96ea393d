"""A batch as a file: written whole, checked against the counters, noted in the trail, and only then handed out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db.models import QuerySet

from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, can_see_personal_data
from allocations.exports.about import Export, about
from allocations.exports.blocks import cell_blocks, paths
from allocations.exports.cells import Reader, points
from allocations.exports.csv_file import write_csv
from allocations.exports.drafts import Draft, temporary
from allocations.exports.hashes import sha256_of
from allocations.exports.jsonl_file import write_jsonl
from allocations.exports.kinds import FileKind, kind_of
from allocations.exports.resource import RowResource, columns
from allocations.exports.snapshots import snapshot
from allocations.exports.tallies import FILTERS, Tally, check, rows_of
from allocations.exports.xlsx_file import MAX_ROWS, XlsxFile
from allocations.gateway import database_now
from allocations.models import Batch, Row
from allocations.selectors.approvals import facts_of
from allocations.selectors.outcome_rows import STATE_FILTERS
from allocations.selectors.totals import batch_totals
from allocations.services import exporting

_FETCH = 2000


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, at its start, and what is known of it. Closing it deletes it."""

    file: BinaryIO
    kind: FileKind
    name: str
    sha256: str
    tally: Tally
    export: Export

    @property
    def batch(self) -> Batch:
        return self.export.batch

    @property
    def in_full(self) -> bool:
        return not self.export.masked

    def note(self) -> None:
        """Writes the trail entry, without which nothing is handed out."""
        export, tally = self.export, self.tally
        exporting.record_export(
            export.actor,
            batch_id=export.batch.pk,
            kind=self.kind,
            rows=tally.row_count,
            points=tally.points.total(),
            sha256=self.sha256,
            credited_points=str(points(tally.credited)),
            taken_back_points=str(points(tally.taken_back)),
            outcome=export.outcome or "all",
            personal_data="masked" if export.masked else "in full",
        )


def batch_file(actor: Actor, **asked: Any) -> Made:
    """`written_batch`, noted in the trail: to be handed out at once."""
    made = written_batch(actor, **asked)
    try:
        made.note()
    except BaseException:
        made.file.close()
        raise
    return made


def written_batch(
    actor: Actor,
    *,
    batch_id: int,
    kind: str,
    outcome: str = "",
    reasons: Mapping[str, str],
    evidence: Mapping[str, str],
    draft: Draft | None = None,
) -> Made:
    """Every row of the batch, or those of one outcome (a word of tallies.FILTERS), as a `FileKind`.

    `reasons`, `evidence`: plain words by stored code. `draft`: where to, a temporary file by default. Raises
    NotAllowed, InvalidInput for a kind or outcome that does not exist, StateConflict when the rows do not equal the
    counters; then nothing is handed out.
    """
    draft = draft or temporary()
    try:
        wanted = kind_of(kind)
        check_outcome(outcome)
        with snapshot():
            batch = _batch(batch_id)
            exporting.check_export(actor, batch)
            masked = not can_see_personal_data(actor, facts_of(batch))
            reader = Reader(reasons=reasons, evidence=evidence, masked=masked)
            export = Export(batch=batch, actor=actor, at=database_now(), outcome=outcome, masked=reader.masked)
            _write(draft, export, wanted, reader)
        name = f"batch-{batch.pk}-{export.at.astimezone(IST):%Y-%m-%d}{wanted.ending}"
        return Made(draft.file, wanted, name, sha256_of(draft.file), draft.tally, export)
    except BaseException:
        draft.file.close()
        raise


def check_outcome(outcome: str) -> None:
    """Raises InvalidInput for a word that is not among tallies.FILTERS; "" is all rows."""
    if outcome and outcome not in FILTERS:
        raise InvalidInput(f"“{outcome}” is not an outcome. Choose one of: {', '.join(FILTERS)}.")


def _batch(batch_id: int) -> Batch:
    batch = Batch.objects.select_related("account").filter(pk=batch_id).first()
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    return batch


def _write(draft: Draft, export: Export, kind: FileKind, reader: Reader) -> None:
    file, tally, shown = draft.file, draft.tally, columns()
    blocks = cell_blocks(_rows(export).values_list(*paths(shown)).iterator(_FETCH), shown, tally, reader)
    totals = batch_totals(export.batch)
    tally.expected = rows_of(export.batch, totals, outcome=export.outcome)
    match kind:
        case FileKind.CSV | FileKind.CSV_EXACT:
            write_csv(file, shown, blocks, exact=kind is FileKind.CSV_EXACT)
            check(tally, export.batch, totals, outcome=export.outcome)
        case FileKind.JSONL:
            write_jsonl(file, shown, blocks)
            check(tally, export.batch, totals, outcome=export.outcome)
        case FileKind.XLSX:
            _check_size(export.batch)
            with XlsxFile(file, folder=draft.folder) as book:
                book.write_rows(shown, blocks)
                check(tally, export.batch, totals, outcome=export.outcome)
                book.write_about(about(export, tally))


def _check_size(batch: Batch) -> None:
    if batch.row_count > MAX_ROWS:
        raise StateConflict(f"The batch has {batch.row_count} rows; an XLSX sheet holds {MAX_ROWS}. Export it as CSV.")


def _rows(export: Export) -> QuerySet[Row]:
    rows: QuerySet[Row] = RowResource().get_queryset().filter(batch=export.batch)
    return rows.filter(state__in=STATE_FILTERS[FILTERS[export.outcome]]) if export.outcome else rows
