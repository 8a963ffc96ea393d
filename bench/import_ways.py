"""python -m bench.way bench.import_ways WHO FILE FORMAT: one way of importing, measured in this process."""

import json
import resource
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import connection, transaction

from allocations.domain.cells import RowLimits
from allocations.domain.rows import clean_row
from allocations.domain.states import BatchState
from allocations.imports.cleaning import Cleaner
from allocations.imports.layout import Picker, map_header, read_header
from allocations.imports.opening import opened
from allocations.imports.run import run_import
from allocations.models import Account, Batch, Problem, Row, Upload
from allocations.services.bulk import TableWriter, delete_of_batch, reserve_ids
from allocations.services.importing import Claim
from allocations.services.importing_rows import ROW_FIELDS, Block, row_records
from bench.stock import BulkRows, DefaultRows, dataset

LIMITS = RowLimits(max_points=100_000)
Way = Callable[[Path, str, Batch], tuple[float, int]]


def portal(path: Path, form: str, batch: Batch) -> tuple[float, int]:
    upload = Upload(batch=batch, file_name=path.name, size=0, sha256="0" * 64, kind=form, uploaded_by=batch.uploaded_by)
    with path.open("rb") as content:
        upload.file.save("list", File(content))
    start = time.perf_counter()
    run_import(upload.pk)
    seconds = time.perf_counter() - start
    batch.refresh_from_db()
    return seconds, batch.row_count


def stock_default(path: Path, form: str, batch: Batch) -> tuple[float, int]:
    """As the library's own admin does it: a dry run for the preview, then the import."""
    start = time.perf_counter()
    resource_ = DefaultRows(batch=batch)
    data = dataset(path, form)
    resource_.import_data(data, dry_run=True, raise_errors=True)
    resource_.import_data(data, dry_run=False, raise_errors=True)
    return time.perf_counter() - start, Row.objects.filter(batch=batch).count()


def stock_bulk(path: Path, form: str, batch: Batch) -> tuple[float, int]:
    """Its quickest settings: bulk, no look-ups, no diffs, no dry run."""
    start = time.perf_counter()
    BulkRows(batch=batch).import_data(dataset(path, form), dry_run=False, raise_errors=True)
    return time.perf_counter() - start, Row.objects.filter(batch=batch).count()


def raw(path: Path, form: str, batch: Batch) -> tuple[float, int]:
    """The limit: finished records of everything the product stores, into the same table with the same indexes."""
    claim, records = Claim(0, batch.pk, 0), []
    blocks = _blocks(path, form)
    ids = iter(reserve_ids(Row, sum(len(block.rows) for block in blocks)))
    for block in blocks:
        records += row_records(claim, block, list(islice(ids, len(block.rows))))
    writer = TableWriter(Row, ROW_FIELDS)
    text = writer.text(records) if connection.vendor == "postgresql" else ""
    start = time.perf_counter()
    with transaction.atomic():
        if text:
            writer.copy([text])
        else:
            writer.write(records)
    return time.perf_counter() - start, Row.objects.filter(batch=batch).count()


def reading(path: Path, form: str, _: Batch) -> tuple[float, int]:
    start = time.perf_counter()
    with opened(path, kind=form) as sheet:
        rows = sum(len(block) for block in sheet.blocks)
    return time.perf_counter() - start, rows


def cleaning(path: Path, form: str, _: Batch) -> tuple[float, int]:
    with opened(path, kind=form) as sheet:
        records = [tuple(record) for block in sheet.blocks for record in block]
    start = time.perf_counter()
    for record in records:
        clean_row(record, limits=LIMITS)
    return time.perf_counter() - start, len(records)


def _blocks(path: Path, form: str) -> list[Block]:
    with opened(path, kind=form) as sheet:
        header = read_header(sheet)
        picker = Picker(map_header(sheet, header, None), width=len(header.texts))
        loads = Cleaner(picker, limits=LIMITS, max_rows=10**9).loads(sheet)
        return [block for load in loads for block in load.blocks]


WAYS: dict[str, Way] = {
    "portal": portal,
    "import_export_default": stock_default,
    "import_export_bulk": stock_bulk,
    "raw_copy": raw,
    "raw_executemany": raw,
    "reading": reading,
    "cleaning": cleaning,
}


def main(who: str, path: str, form: str) -> None:
    for batch in Batch.objects.all():
        delete_of_batch(Problem, batch.pk)
        delete_of_batch(Row, batch.pk)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    user, _ = get_user_model().objects.get_or_create(username="bench")
    account, _ = Account.objects.get_or_create(name="Bench", company_id="B", card_account_id="B")
    batch = Batch.objects.create(
        purpose="Bench", account=account, is_points_allocation=True, state=BatchState.CHECKING, uploaded_by=user
    )
    seconds, stored = WAYS[who](Path(path), form, batch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"seconds": round(seconds, 3), "stored": stored, "peak_mb": peak, "child_mb": child}))
