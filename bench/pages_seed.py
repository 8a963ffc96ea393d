"""One batch in review, one that awaits approval and one that runs, each of as many rows, to show pages of."""

from django.contrib.auth.models import Group, User
from django.db import connection, transaction

from allocations.domain.policy import Role
from allocations.gateway import build, database_now
from allocations.models import Attempt, Batch, Chunk, Problem, Row, Run
from allocations.selectors.accepting import warnings_of
from allocations.services import outcomes, planning
from allocations.services.accepting import accept_warnings
from allocations.services.batches import count_rows
from allocations.services.bulk import TableWriter, analyze
from allocations.services.submission import submit_batch
from bench.seeding import account, approved_run, person, review_batch

CHUNK = 50
READER = "bench-reader"
_LEFT = 10
_KINDS = ("odd_amount", "given_recently", "name_case")
_SAID = "evidence = 'answer', reason_code = 'other', reason = 'Mobile number blocked'"
_OUTCOMES = {
    "number % 100 > 5": "state = 'credited', evidence = 'answer', credited_amount = amount, transaction_id = 'T' || id",
    "number % 100 < 5": f"state = 'failed', {_SAID}",
    "number % 100 = 5": "state = 'unknown', reason_code = 'no_answer'",
}


def store(rows: int) -> None:
    reader = User.objects.create_user(READER, password="bench-only")
    for role in (Role.ADMIN, Role.APPROVER):
        reader.groups.add(Group.objects.get_or_create(name=role.value)[0])
    maker, target = person(Role.ADMIN), account(chunk=CHUNK)
    _warn(review_batch(target, maker, rows=rows))
    waiting = review_batch(target, maker, rows=rows)
    _warn(waiting)
    for found in warnings_of(waiting.pk):
        accept_warnings(maker, batch_id=waiting.pk, shown=found, reason="Bench")
    submit_batch(maker, batch_id=waiting.pk)
    _call_most(approved_run(rows=rows, chunk=CHUNK))
    for model in (Attempt, Batch, Chunk, Problem, Row, Run):
        analyze(model)


def _warn(batch: Batch) -> None:
    """Three of a hundred rows have a warning, of three kinds."""
    rows = Row.objects.filter(batch=batch).order_by("number").values_list("pk", "number")
    records = [
        (batch.pk, row_id, number, "amount", _KINDS[number % 100], "warning", "500", "Unusual for this list.")
        for row_id, number in rows.iterator()
        if number % 100 < len(_KINDS)
    ]
    writer = TableWriter(Problem, ("batch", "row", "number", "field", "code", "severity", "found", "message"))
    with transaction.atomic():
        writer.write(records)
        Row.objects.filter(problems__batch=batch).update(warning_count=1)
        count_rows(batch)


def _call_most(run: Run) -> None:
    """Planned, and all chunks but the last few called: 94 of 100 rows credited, 5 failed, 1 unknown."""
    planning.begin_run(run.pk, gateway=build())
    now = database_now()
    called = list(Chunk.objects.filter(run=run).order_by("number"))[:-_LEFT]
    at = connection.ops.adapt_datetimefield_value(now)
    with transaction.atomic(), connection.cursor() as cursor:
        for which, what in _OUTCOMES.items():
            statement = f"UPDATE allocations_row SET {what}, tries = 1, first_sent_at = %s, outcome_at = %s"
            where = f"batch_id = %s AND chunk_id <= %s AND {which}".replace(" % ", " %% ")
            cursor.execute(f"{statement} WHERE {where}", [at, at, run.batch_id, called[-1].pk])
        Attempt.objects.bulk_create(_attempt(chunk, now) for chunk in called)
        outcomes.recount([chunk.pk for chunk in called])


def _attempt(chunk: Chunk, now) -> Attempt:
    return Attempt(
        chunk=chunk,
        number=1,
        epoch=1,
        state="applied",
        worker="bench",
        code_version="bench",
        payload_sha256="0" * 64,
        row_count=chunk.row_count,
        points=chunk.points,
        sent_at=now,
        answered_at=now,
        seconds=0.2,
        http_status=200,
        body=b"bench",
        result="rows",
    )
