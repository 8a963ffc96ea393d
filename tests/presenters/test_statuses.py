import pytest

from allocations.domain.states import BatchState, RowState, RunState
from allocations.presenters import statuses
from allocations.presenters.statuses import Outcome


@pytest.mark.parametrize(
    ("state", "error_rows", "word"),
    [
        (BatchState.DRAFT, 0, "Needs fixing"),
        (BatchState.CHECKING, 0, "Draft"),
        (BatchState.REVIEW, 0, "Draft"),
        (BatchState.REVIEW, 3, "Needs fixing"),
        (BatchState.SUBMITTED, 0, "Awaiting approval"),
        (BatchState.APPROVED, 0, "Approved"),
    ],
)
def test_batch_status_before_a_run(state, error_rows, word):
    assert statuses.batch_status(state, error_rows=error_rows).word == word


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome(run=None), "Approved"),
        (Outcome(run=RunState.QUEUED), "Approved"),
        (Outcome(run=RunState.RUNNING, credited=5), "Running"),
        (Outcome(run=RunState.PAUSED), "paused"),
        (Outcome(run=RunState.ATTENTION, credited=5, undecided=2), "Unknown"),
        (Outcome(run=RunState.SETTLED, credited=4929, failed=1043), "Credited, 1,043 failed"),
        (Outcome(run=RunState.SETTLED, failed=1), "Failed"),
        (Outcome(run=RunState.SETTLED, failed=1, cancelled=4), "Failed"),
        (Outcome(run=RunState.SETTLED, cancelled=4), "cancelled"),
        (Outcome(run=RunState.SETTLED, credited=1, cancelled=4), "Credited, 4 cancelled"),
        (Outcome(run=RunState.SETTLED), "Credited"),
        (Outcome(run=RunState.SETTLED, credited=1, failed=1, undecided=1), "Unknown"),
    ],
)
def test_batch_status_after_approval(outcome, word):
    assert statuses.batch_status(BatchState.APPROVED, outcome=outcome).said == word


@pytest.mark.parametrize(
    ("rows", "look"),
    [
        ({"credited": 2}, "credited"),
        ({"credited": 2, "failed": 1}, "failed"),
        ({"credited": 2, "cancelled": 1}, "credited"),
    ],
)
def test_credited_is_green_only_where_nothing_failed(rows, look):
    status = statuses.settled_status(**{"failed": 0, "undecided": 0, **rows})
    assert (status.word, status.shape) == ("Credited", look)


@pytest.mark.parametrize("state", RowState)
def test_every_row_state_has_a_status(state):
    assert statuses.row_status(state).word != ""


@pytest.mark.parametrize(
    ("state", "word"), [(RowState.UNKNOWN, "Unknown"), (RowState.CONFLICT, "Conflict"), (RowState.ANOMALY, "Conflict")]
)
def test_what_is_not_proven_looks_unknown(state, word):
    assert statuses.row_status(state) == statuses.Status(word, "unknown")


@pytest.mark.parametrize(
    ("state", "css"),
    [
        (RunState.QUEUED, "pill"),
        (RunState.RUNNING, "st st-run"),
        (RunState.PAUSED, "pill"),
        (RunState.ATTENTION, "pill"),
        (RunState.SETTLED, "pill"),
    ],
)
def test_run_status_has_a_class(state, css):
    assert statuses.run_status(state).css == css


def test_legend_is_the_fixed_eight_with_different_words_and_shapes():
    words = {status.word for status in statuses.LEGEND}
    shapes = {status.shape for status in statuses.LEGEND}
    assert (len(words), len(shapes)) == (8, 8)
