"""Batches in every state, with rows, chunks and counters that agree with each other."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from allocations.domain import manifest
from allocations.domain.states import BatchState, RowState, RunState
from allocations.models import Batch, Chunk, Row, Run
from tests.factories.lists import NOW, BatchFactory, ProblemFactory, RowFactory, UploadFactory
from tests.factories.people import UserFactory
from tests.factories.runs import AttemptFactory, AttemptRowFactory, ChunkFactory, RunFactory, VoteFactory

_PLAIN: Mapping[str, Any] = {}
MANIFEST = "{}"
DIGEST = manifest.digest(MANIFEST)


def refused_batch(**fields) -> Batch:
    """A draft whose file could not be used."""
    batch = BatchFactory(**fields)
    UploadFactory(batch=batch, state="refused", error="The file is empty. Upload a list with a header row.")
    return batch


def checking_batch(*, rows_read: int = 12_000, rows_total: int | None = 48_211, **fields) -> Batch:
    batch = BatchFactory(state=BatchState.CHECKING, **fields)
    UploadFactory(batch=batch, state="reading", rows_read=rows_read, rows_total=rows_total, started_at=NOW)
    return batch


def review_batch(
    *, ready: int = 3, errors: int = 0, warnings: int = 0, left_out: int = 0, row: Mapping[str, Any] = _PLAIN, **fields
) -> Batch:
    """Rows from 2 on: the faulty ones first, then those with warnings, the ready ones, the left-out ones.

    `row`: what the ready ones have in their cells.
    """
    batch = BatchFactory(state=BatchState.REVIEW, **fields)
    UploadFactory(
        batch=batch,
        state="ready",
        header=["Name", "Mobile", "Points"],
        sample=[["Asha Rao"], ["9876500001"], ["700"]],
        mapping={"name": 0, "mobile": 1, "amount": 2},
        rows_read=ready + errors + warnings + left_out,
        rows_total=ready + errors + warnings + left_out,
        finished_at=NOW,
    )
    numbers = iter(range(2, 2 + ready + errors + warnings + left_out))
    for _ in range(errors):
        found = RowFactory(batch=batch, number=next(numbers), mobile="", error_count=1, raw={"mobile": "98204 41"})
        ProblemFactory(row=found)
    for _ in range(warnings):
        found = RowFactory(batch=batch, number=next(numbers), warning_count=1)
        ProblemFactory(
            row=found,
            severity="warning",
            code="mobile_made_up",
            message="looks made up (9999999999). Check it with the person.",
        )
    for _ in range(ready):
        RowFactory(batch=batch, number=next(numbers), **row)
    for _ in range(left_out):
        RowFactory(batch=batch, number=next(numbers), state=RowState.LEFT_OUT)
    return recount(batch)


def submitted_batch(*, rows: int = 3, **fields) -> Batch:
    """Awaiting approval, made by its uploader."""
    return submit(review_batch(ready=rows, **fields))


def submit(batch: Batch) -> Batch:
    """As it is, by its uploader."""
    batch.version += 1
    batch.manifest, batch.digest = MANIFEST, DIGEST
    batch.submitted_by, batch.submitted_at = batch.uploaded_by, NOW
    batch.state = BatchState.SUBMITTED
    batch.save()
    return batch


def approved_batch(
    *,
    run_state: RunState = RunState.SETTLED,
    left_out: int = 0,
    approved_by=None,
    about: Mapping[str, Any] = _PLAIN,
    **outcomes: int,
) -> Batch:
    """Approved and run: approved_batch(credited=3, failed=1, run_state=RunState.RUNNING, pending=2).

    `about`: what submitted_batch is told besides.
    """
    states = [RowState(name) for name, count in (outcomes or {"credited": 3}).items() for _ in range(count)]
    batch = submitted_batch(rows=len(states), left_out=left_out, **about)
    approver = approved_by or UserFactory(roles=("approver",))
    VoteFactory(batch=batch, voted_by=approver)
    batch.state, batch.approved_by, batch.approved_at = BatchState.APPROVED, approver, NOW
    batch.save()
    run = RunFactory(
        batch=batch,
        generation=1,
        state=run_state,
        started_by=approver,
        started_at=None if run_state is RunState.QUEUED else NOW,
        settled_at=NOW if run_state is RunState.SETTLED else None,
    )
    chunk = ChunkFactory(run=run, number=1, row_count=len(states), points=500 * len(states))
    rows = batch.rows.exclude(state=RowState.LEFT_OUT).order_by("number")
    for row, state in zip(rows, states, strict=True):
        set_outcome(row, state, chunk=chunk)
    if any(state is not RowState.PENDING for state in states):
        attempt = AttemptFactory(chunk=chunk, number=1)
        for position, row in enumerate(rows):
            AttemptRowFactory(attempt=attempt, row=row, position=position, outcome=row.state)
    recount_chunk(chunk)
    if run_state is RunState.SETTLED:
        settle(run)
    return batch


def set_outcome(row: Row, state: RowState, *, chunk: Chunk) -> Row:
    row.state, row.chunk = state, chunk
    if state not in {RowState.PENDING, RowState.CANCELLED}:
        row.tries, row.first_sent_at = 1, NOW
    if state is RowState.CREDITED:
        row.evidence, row.credited_amount, row.outcome_at = "answer", row.amount, NOW
        row.transaction_id, row.card_id, row.enkash_user_id = f"ECT{row.pk:08}", f"CRD{row.pk}", f"USR{row.pk}"
    if state is RowState.FAILED:
        row.evidence, row.outcome_at = "answer", NOW
        row.reason_code, row.reason = "other", "Mobile number registered with another company"
    row.save()
    return row


def recount(batch: Batch) -> Batch:
    """Set the batch's counters from its rows, as the import does."""
    rows = list(batch.rows.all())
    kept = [row for row in rows if row.state != RowState.LEFT_OUT]
    batch.row_count, batch.left_out_count = len(rows), len(rows) - len(kept)
    batch.error_rows = sum(row.error_count > 0 for row in kept)
    batch.warning_rows = sum(row.warning_count > 0 for row in kept)
    batch.points_total = sum(row.amount or 0 for row in kept if row.error_count == 0)
    batch.save()
    return batch


def recount_chunk(chunk: Chunk) -> Chunk:
    """Set the chunk's counters from its rows, as the runs do."""
    rows = list(chunk.rows.all())
    by_state = Counter(RowState(row.state) for row in rows)
    for name in ("pending", "sending", "credited", "failed", "unknown", "cancelled"):
        setattr(chunk, name, by_state[RowState(name)])
    chunk.disputed = by_state[RowState.CONFLICT] + by_state[RowState.ANOMALY]
    chunk.credited_points = sum(row.credited_amount or 0 for row in rows)
    chunk.failed_points = sum(row.amount for row in rows if row.state == RowState.FAILED)
    chunk.unknown_points = sum(row.amount for row in rows if row.state == RowState.UNKNOWN)
    if not any((chunk.pending, chunk.sending, chunk.unknown, chunk.disputed)):
        chunk.state = "done"
    chunk.save()
    return chunk


def settle(run: Run) -> Run:
    """Give the run its own final figures."""
    chunks = list(run.chunks.all())
    names = ("pending", "sending", "credited", "failed", "unknown", "disputed", "cancelled", "credited_points")
    run.summary = {name: int(sum(getattr(chunk, name) for chunk in chunks)) for name in names}
    run.summary["rows"] = sum(chunk.row_count for chunk in chunks)
    run.state, run.settled_at = RunState.SETTLED, NOW
    run.save()
    return run
