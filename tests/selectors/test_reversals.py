from datetime import timedelta

import pytest

from allocations.selectors import reversals as reads
from allocations.selectors.shell import open_work
from tests.factories.batches import approved_batch
from tests.factories.lists import NOW
from tests.factories.reversals import ReversalFactory, credited_row, reversal_in

pytestmark = pytest.mark.django_db


def test_row_takings_count_what_is_done_and_what_is_open():
    row = credited_row()
    reversal_in("reversed", row=row, amount=100)
    reversal_in("failed", row=row, amount=400)
    reversal_in("disputed", row=row, amount=50)
    ReversalFactory(row=row, amount=30)
    found = reads.row_takings(row)
    assert (found.gross, found.reversed, found.open, found.net) == (500, 100, 80, 400)
    assert reads.taken_points(row) == 180
    assert reads.reversed_points(row.batch) == 100


def test_batch_takings_leave_other_batches_alone():
    row = credited_row()
    reversal_in("reversed", row=row, amount=100)
    reversal_in("reversed")
    found = reads.batch_takings(row.batch, gross=row.credited_amount)
    assert (found.reversed, found.open, found.minus_reversed, found.minus_open) == (100, 0, -100, 0)


def test_lists_split_by_where_a_reversal_stands():
    waiting, later = ReversalFactory(), ReversalFactory()
    open_ = [reversal_in(state) for state in ("approved", "sending", "unknown", "disputed")]
    ended = [reversal_in(state) for state in ("reversed", "failed", "rejected", "withdrawn")]
    assert list(reads.reversals_awaiting_approval()) == [waiting, later]
    assert list(reads.open_reversals()) == open_[::-1]
    assert list(reads.ended_reversals(before=None, limit=9)) == ended[::-1]
    assert list(reads.ended_reversals(before=ended[1].pk, limit=9)) == [ended[0]]
    assert open_work().reversals == 6


def test_reversals_in_need_wait_for_people():
    held, disputed = reversal_in("approved", pause_code="login"), reversal_in("disputed")
    reversal_in("unknown")
    doubtful = reversal_in("reversed", pause_code="impossible")
    assert list(reads.reversals_in_need()) == [held, disputed, doubtful]


@pytest.mark.parametrize(("minutes", "points"), [(-1, 0), (0, 200), (30, 200), (61, 0)])
def test_returned_points_are_those_of_the_runs_account_and_time(minutes: int, points: int):
    batch = approved_batch(credited=1)
    run = batch.runs.get()
    run.started_at, run.settled_at = NOW, NOW + timedelta(hours=1)
    reversal_in("reversed", row=batch.rows.get(), outcome_at=NOW + timedelta(minutes=minutes))
    reversal_in("reversed", outcome_at=NOW)
    assert reads.returned_points(run) == points
    run.started_at = None
    assert reads.returned_points(run) == 0
