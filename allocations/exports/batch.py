"""A batch as a file: written whole, checked against the counters, noted in the trail, and only then handed out."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from django.db.models import QuerySet

from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, can_see_personal_data
from allocations.exports.about import Export, about
from allocations.exports.blocks import cell_blocks, paths
from allocations.exports.cells import Reader, points
from allocations.exports.csv_file import write_csv
from allocations.exports.hashes import sha256_of
from allocations.exports.jsonl_file import write_jsonl
from allocations.exports.resource import RowResource, columns
from allocations.exports.snapshots import snapshot
from allocations.exports.tallies import FILTERS, Tally, check
from allocations.exports.xlsx_file import MAX_ROWS, XlsxFile
from allocations.gateway import database_now
from allocations.models import Batch, Row
from allocations.selectors.approvals import facts_of
from allocations.selectors.outcome_rows import STATE_FILTERS
from allocations.selectors.totals import batch_totals
from allocations.services import exporting

_FETCH = 2000


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, at its start, and what is known of it. Closing it deletes it."""

    file: BinaryIO
    name: str
    sha256: str
    tally: Tally
    batch: Batch


def batch_file(
    actor: Actor,
    *,
    batch_id: int,
    kind: str,
    outcome: str = "",
    reasons: Mapping[str, str],
    evidence: Mapping[str, str],
) -> Made:
    """Every row of the batch, or those of one outcome (a word of tallies.FILTERS), as a `FileKind`.

    `reasons`, `evidence`: plain words by stored code. Raises NotAllowed, InvalidInput for a kind or outcome that
    does not exist, StateConflict when the rows do not equal the counters; then nothing is handed out.
    """
    wanted = _kind(kind)
    _check_outcome(outcome)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        with snapshot():
            batch = _batch(batch_id)
            exporting.check_export(actor, batch)
            masked = not can_see_personal_data(actor, facts_of(batch))
            reader = Reader(reasons=reasons, evidence=evidence, masked=masked)
            export = Export(batch=batch, actor=actor, at=database_now(), outcome=outcome, masked=reader.masked)
            tally = _write(file, export, wanted, reader)
        return _noted(file, export, wanted, tally)
    except BaseException:
        file.close()
        raise


def _kind(kind: str) -> FileKind:
    if kind not in set(FileKind):
        raise InvalidInput(f"“{kind}” is not a kind of file. Choose {', '.join(FileKind)}.")
    return FileKind(kind)


def _check_outcome(outcome: str) -> None:
    if outcome and outcome not in FILTERS:
        raise InvalidInput(f"“{outcome}” is not an outcome. Choose one of: {', '.join(FILTERS)}.")


def _batch(batch_id: int) -> Batch:
    batch = Batch.objects.select_related("account").filter(pk=batch_id).first()
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    return batch


def _write(file: BinaryIO, export: Export, kind: FileKind, reader: Reader) -> Tally:
    shown, tally = columns(), Tally()
    blocks = cell_blocks(_rows(export).values_list(*paths(shown)).iterator(_FETCH), shown, tally, reader)
    totals = batch_totals(export.batch)
    match kind:
        case FileKind.CSV:
            write_csv(file, shown, blocks)
            check(tally, export.batch, totals, outcome=export.outcome)
        case FileKind.JSONL:
            write_jsonl(file, shown, blocks)
            check(tally, export.batch, totals, outcome=export.outcome)
        case FileKind.XLSX:
            _check_size(export.batch)
            with XlsxFile(file) as book:
                book.write_rows(shown, blocks)
                check(tally, export.batch, totals, outcome=export.outcome)
                book.write_about(about(export, tally))
    return tally


def _check_size(batch: Batch) -> None:
    if batch.row_count > MAX_ROWS:
        raise StateConflict(f"The batch has {batch.row_count} rows; an XLSX sheet holds {MAX_ROWS}. Export it as CSV.")


def _rows(export: Export) -> QuerySet[Row]:
    rows: QuerySet[Row] = RowResource().get_queryset().filter(batch=export.batch)
    return rows.filter(state__in=STATE_FILTERS[FILTERS[export.outcome]]) if export.outcome else rows


def _noted(file: BinaryIO, export: Export, kind: FileKind, tally: Tally) -> Made:
    sha256 = sha256_of(file)
    exporting.record_export(
        export.actor,
        batch_id=export.batch.pk,
        kind=kind,
        rows=tally.row_count,
        points=tally.points.total(),
        sha256=sha256,
        credited_points=str(points(tally.credited)),
        taken_back_points=str(points(tally.taken_back)),
        outcome=export.outcome or "all",
        personal_data="masked" if export.masked else "in full",
    )
    name = f"batch-{export.batch.pk}-{export.at.astimezone(IST):%Y-%m-%d}.{kind}"
    return Made(file=file, name=name, sha256=sha256, tally=tally, batch=export.batch)
