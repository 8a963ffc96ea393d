from decimal import Decimal

import pytest

from allocations.domain.states import RunState
from allocations.selectors.totals import Totals, batch_totals, run_totals
from tests.factories.batches import approved_batch, recount_chunk, submitted_batch
from tests.factories.runs import ChunkFactory, RunFactory

pytestmark = pytest.mark.django_db


def test_batch_totals_add_up_all_chunks():
    batch = approved_batch(credited=3, failed=1, unknown=1, pending=2, left_out=2, run_state=RunState.RUNNING)
    totals = batch_totals(batch)
    assert totals == Totals(
        rows=7,
        pending=2,
        credited=3,
        failed=1,
        unknown=1,
        credited_points=Decimal(1500),
        failed_points=500,
        unknown_points=500,
    )
    assert totals.parts == 7
    assert totals.decided == 4


def test_batch_totals_before_any_run_are_all_pending():
    batch = submitted_batch(rows=3)
    assert batch_totals(batch) == Totals(rows=3, pending=3)


def test_batch_totals_count_a_row_once_after_a_re_run():
    batch = approved_batch(credited=2, failed=1)
    parent = batch.runs.get()
    child = RunFactory(batch=batch, parent=parent, generation=2, state=RunState.RUNNING)
    chunk = ChunkFactory(run=child, number=1, row_count=1, points=500)
    batch.rows.filter(state="failed").update(state="pending", chunk=chunk)
    recount_chunk(chunk)
    recount_chunk(parent.chunks.get())
    assert batch_totals(batch) == Totals(rows=3, credited=2, pending=1, credited_points=Decimal(1000))


def test_run_totals_of_a_settled_run_stay_its_own():
    run = approved_batch(credited=2, failed=1).runs.get()
    run.chunks.update(failed=0, failed_points=0)
    assert run_totals(run) == Totals(rows=3, credited=2, failed=1, credited_points=Decimal(1000))


def test_run_totals_of_a_settled_run_read_points_that_were_kept_as_text():
    run = approved_batch(credited=1, failed=1).runs.get()
    run.summary = {"rows": 2, "credited": 1, "failed": 1, "credited_points": "500.00", "failed_points": "300.00"}
    expected = Totals(rows=2, credited=1, failed=1, credited_points=Decimal(500), failed_points=300)
    assert run_totals(run) == expected


def test_run_totals_of_a_running_run_come_from_its_chunks():
    run = approved_batch(credited=1, pending=1, run_state=RunState.RUNNING).runs.get()
    ChunkFactory(run=run, number=2, row_count=5, points=2500, pending=5)
    assert run_totals(run) == Totals(rows=7, pending=6, credited=1, credited_points=Decimal(500))


def test_run_totals_before_the_first_chunk_are_the_pending_rows():
    run = approved_batch(pending=4, left_out=1, run_state=RunState.QUEUED).runs.get()
    run.batch.rows.update(chunk=None)
    run.chunks.all().delete()
    assert run_totals(run) == Totals(rows=4, pending=4)
