import pytest

from allocations.domain.states import RunState
from allocations.selectors.runs import (
    Cause,
    ChunkCounts,
    chunk_counts,
    chunks_in_doubt,
    failure_causes,
    latest_attempts,
    open_runs,
    run_of,
    settled_runs,
)
from tests.factories.batches import approved_batch
from tests.factories.lists import NOW
from tests.factories.runs import ChunkFactory

pytestmark = pytest.mark.django_db


def running():
    return approved_batch(credited=1, failed=2, unknown=1, run_state=RunState.RUNNING).runs.get()


def test_open_and_settled_runs_newest_first():
    first, second = (approved_batch().runs.get() for _ in range(2))
    live = running()
    assert list(open_runs()) == [live]
    assert list(settled_runs(before=None, limit=5)) == [second, first]
    assert list(settled_runs(before=second.pk, limit=5)) == [first]


def test_run_of_an_unknown_number_is_none():
    run = running()
    assert run_of(run.pk) == run
    assert run_of(run.pk + 1) is None


def test_chunk_counts_by_state_with_the_next_step():
    run = running()
    ChunkFactory(run=run, number=2, state="done", next_action_at=NOW.replace(year=2020))
    ChunkFactory(run=run, number=3, state="people")
    ChunkFactory(run=run, number=4, next_action_at=NOW)
    assert chunk_counts(run) == ChunkCounts(total=4, done=1, people=1, next_at=NOW)


def test_attempts_and_chunks_in_doubt_of_a_run():
    run = running()
    chunk = run.chunks.get()
    assert [attempt.chunk for attempt in latest_attempts(run, 5)] == [chunk]
    assert list(chunks_in_doubt(run, 5)) == [chunk]


def test_failure_causes_by_run_and_by_batch():
    run = running()
    expected = [Cause("other", "Mobile number registered with another company", 2, 1000)]
    assert failure_causes(run_id=run.pk) == expected
    assert failure_causes(batch_id=run.batch_id) == expected
    assert failure_causes(run_id=run.pk + 1) == []
