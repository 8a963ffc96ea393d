import pytest

from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run
from allocations.presenters.batch_lines import outcome_words, where_it_stands
from allocations.selectors.batch_lists import BatchLine
from allocations.selectors.totals import Totals

SOME = Totals(rows=6, credited=4, failed=1, unknown=1)


def line(state, *, run=None, totals=SOME, **fields):
    newest = Run(state=run) if run else None
    return BatchLine(batch=Batch(pk=7, state=state, **fields), totals=totals, run=newest)


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (BatchState.DRAFT, {}, "The list could not be used"),
        (BatchState.CHECKING, {}, "The list is being read"),
        (BatchState.REVIEW, {"error_rows": 23}, "23 rows to fix"),
        (BatchState.REVIEW, {"sent_back_reason": "Two people left"}, "Sent back"),
        (BatchState.REVIEW, {}, "Ready to submit"),
        (BatchState.SUBMITTED, {}, "Made by the portal"),
    ],
)
def test_line_before_approval_says_who_must_act(state, fields, words):
    assert where_it_stands(line(state, **fields)) == words


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (None, "Waiting to start"),
        (RunState.QUEUED, "Waiting to start"),
        (RunState.RUNNING, "4 credited, 1 failed, 1 unknown"),
        (RunState.PAUSED, "Paused: 4 credited, 1 failed, 1 unknown"),
        (RunState.SETTLED, "4 credited, 1 failed, 1 unknown"),
    ],
)
def test_line_after_approval_counts_outcomes(run, words):
    assert where_it_stands(line(BatchState.APPROVED, run=run)) == words


def test_outcome_words_name_only_what_there_is():
    assert outcome_words(Totals(rows=5_000, credited=4_912, failed=61), left_out=27) == (
        "4,912 credited, 61 failed, 27 left out"
    )


def test_outcome_words_without_rows():
    assert outcome_words(Totals()) == "No rows"
