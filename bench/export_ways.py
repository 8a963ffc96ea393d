"""One way of exporting, measured in the process that calls `main`; Django is set up before this is imported."""

import csv
import json
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from import_export import fields, resources

from allocations.domain.manifest import digest
from allocations.domain.policy import Actor, Role
from allocations.domain.references import mint_many
from allocations.domain.states import BatchState, RowState, RunState
from allocations.exports.batch import batch_file
from allocations.exports.resource import RowResource, columns
from allocations.gateway import database_now
from allocations.models import Account, Batch, Chunk, Row, Run
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS
from allocations.services.bulk import TableWriter, analyze

CHUNK = 500
REASONS = {code.value: explanation.words for code, explanation in EXPLANATIONS.items()}
EVIDENCE_WORDS = {code.value: words for code, words in EVIDENCE.items()}
STORED = (
    *("batch", "chunk", "number", "title", "name", "email", "mobile", "amount", "remarks", "reference"),
    *("client_reference", "payload_hash", "state", "tries", "first_sent_at", "evidence", "reason_code", "reason"),
    *("transaction_id", "card_id", "enkash_user_id", "credited_amount", "account_balance", "user_balance"),
    "outcome_at",
)


class StockRows(resources.ModelResource):
    """The same columns with the library's own fields and widgets."""

    class Meta:
        model = Row
        fields = export_order = (*STORED[2:], "run", "chunk_number")

    run = fields.Field("chunk__run__generation", "Run")
    chunk_number = fields.Field("chunk__number", "Chunk")


def portal(form: str, path: Path, batch: Batch) -> None:
    actor = Actor(id=batch.uploaded_by_id, name="Bench", roles=frozenset({Role.ADMIN}))
    made = batch_file(actor, batch_id=batch.pk, kind=form, reasons=REASONS, evidence=EVIDENCE_WORDS)
    with made.file as file, path.open("wb") as out:
        shutil.copyfileobj(file, out)


def stock(form: str, path: Path, batch: Batch) -> None:
    """`select_related` spares it two queries a row, which its own documentation advises."""
    rows = Row.objects.filter(batch=batch).select_related("chunk__run").order_by("number")
    data = StockRows().export(rows)
    if form == "xlsx":
        path.write_bytes(data.export("xlsx"))
    else:
        path.write_text(data.export("csv"), encoding="utf-8")


def raw_copy(_: str, path: Path, batch: Batch) -> None:
    """The limit on PostgreSQL: the same columns as the server itself writes them."""
    query, values = _rows(batch).query.sql_with_params()
    statement = f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, path.open("wb") as out, cursor.copy(statement, values) as copy:
        for piece in copy:
            out.write(piece)


def raw_rows(_: str, path: Path, batch: Batch) -> None:
    """The limit on SQLite: what the driver gives, straight into the csv module."""
    query, values = _rows(batch).query.sql_with_params()
    with connection.cursor() as cursor, path.open("w", newline="", encoding="utf-8") as out:
        cursor.execute(query, values)
        csv.writer(out).writerows(iter(cursor))


def _rows(batch: Batch):
    return RowResource().get_queryset().filter(batch=batch).values_list(*[column.attribute for column in columns()])


def store(rows: int) -> None:
    """A batch of `rows` rows in chunks of 500: 94 of 100 credited, 5 failed, 1 unknown. Every name is invented."""
    user = get_user_model().objects.create(username="bench-export")
    other = get_user_model().objects.create(username="bench-export-approver")
    account = Account.objects.create(name="Bench export", company_id="BX", card_account_id="BX")
    now = database_now()
    batch = Batch.objects.create(
        purpose="Bench export",
        account=account,
        is_points_allocation=True,
        state=BatchState.APPROVED,
        version=1,
        row_count=rows,
        points_total=rows * 500,
        manifest="bench",
        digest=digest("bench"),
        uploaded_by=user,
        submitted_by=user,
        submitted_at=now,
        approved_by=other,
        approved_at=now,
    )
    run = Run.objects.create(batch=batch, state=RunState.SETTLED, started_by=other, created_at=now)
    at = connection.ops.adapt_datetimefield_value(now)
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        with transaction.atomic():
            _store_chunk(batch, run, first, count, at=str(at))
    analyze(Row)


def _store_chunk(batch: Batch, run: Run, first: int, count: int, *, at: str) -> None:
    numbers = range(first, first + count)
    states = [_state(number) for number in numbers]
    failed, unknown = states.count(RowState.FAILED), states.count(RowState.UNKNOWN)
    credited = count - failed - unknown
    chunk = Chunk.objects.create(
        run=run,
        number=first // CHUNK + 1,
        state="done",
        row_count=count,
        points=count * 500,
        credited=credited,
        failed=failed,
        unknown=unknown,
        credited_points=credited * 500,
        failed_points=failed * 500,
        unknown_points=unknown * 500,
    )
    records = [
        _record(batch.pk, chunk.pk, number, state, reference, at)
        for number, state, reference in zip(numbers, states, mint_many(count), strict=True)
    ]
    TableWriter(Row, STORED).write(records)


def _state(number: int) -> RowState:
    rest = number % 100
    return RowState.FAILED if rest < 5 else RowState.UNKNOWN if rest == 5 else RowState.CREDITED


def _record(batch_id: int, chunk_id: int, number: int, state: RowState, reference: str, at: str) -> tuple:
    good, bad = state is RowState.CREDITED, state is RowState.FAILED
    return (
        *(batch_id, chunk_id, number + 2, "Ms", f"Asha Rao {number}", f"person{number}@example.com"),
        *(f"98{number:08}", 500, "Diwali 2026", reference, f"EMP-{number:07}", f"{number:064x}", state.value, 1, at),
        *("answer" if good or bad else "", "other" if bad else "no_answer" if not good else ""),
        "Mobile number registered with another company" if bad else "",
        *((f"ECT{number:012}", f"CRD{number:09}", f"USR{number:09}") if good else (None, "", "")),
        *((500, 6_000_000 - number, 500) if good else (None, None, None)),
        at,
    )


WAYS: dict[str, Callable[[str, Path, Batch], None]] = {
    "portal": portal,
    "import_export_default": stock,
    "raw_copy": raw_copy,
    "raw_rows": raw_rows,
}


def main(who: str, form: str, name: str, count: str) -> None:
    path, rows = Path(name), int(count)
    if who == "store":
        store(rows)
        print("{}")
        return
    batch = Batch.objects.select_related("uploaded_by").get(purpose="Bench export", row_count=rows)
    start = time.perf_counter()
    WAYS[who](form, path, batch)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(seconds, 3), "peak_mb": peak}))
