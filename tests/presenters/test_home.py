from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run
from allocations.presenters import home
from allocations.presenters.outcomes import Segment
from allocations.selectors.home import FailedBatch
from allocations.selectors.totals import Totals
from tests.factories.lists import NOW

APPROVER = Actor(id=2, name="Sudha Iyer", roles=frozenset({Role.APPROVER}))


def waiting(pk=7, *, maker=1):
    batch = Batch(pk=pk, purpose="Diwali", state=BatchState.SUBMITTED, points_total=1_000, submitted_at=NOW)
    return batch, BatchFacts(state=BatchState.SUBMITTED, maker_ids=frozenset({maker}), uploaded_by_id=maker)


def test_approval_task_adds_up_what_this_person_may_decide():
    (task,) = home.approval_task(APPROVER, [waiting(7), waiting(8)], now=NOW + timedelta(hours=5))
    assert (task.title, task.detail, task.button) == (
        "2 batches to approve, 2,000 points",
        "Oldest submitted 5 h ago",
        "Review 2 batches",
    )


def test_approval_task_leaves_out_batches_that_the_person_made():
    assert home.approval_task(APPROVER, [waiting(7, maker=2)], now=NOW) == ()


@pytest.mark.parametrize(
    ("fields", "title", "button"),
    [
        ({"sent_back_reason": "Two left"}, "“Diwali” was sent back: Two left", "Open batch 7"),
        ({"row_count": 9, "error_rows": 3}, "3 rows to fix in “Diwali”", "Fix 3 rows"),
        ({"row_count": 9, "left_out_count": 1}, "“Diwali” is ready: 8 rows", "Submit 8 rows"),
        ({}, "The list of “Diwali” could not be used", "Open batch 7"),
    ],
)
def test_own_task_names_the_next_step(fields, title, button):
    task = home.own_task(Batch(pk=7, purpose="Diwali", **fields))
    assert (task.title, task.button, task.address) == (title, button, "/batches/7/")


@pytest.mark.parametrize(
    ("state", "disputed", "title"),
    [
        (RunState.ATTENTION, 2, "2 rows of batch 7 in conflict"),
        (RunState.PAUSED, 0, "The run of batch 7 is paused"),
        (RunState.ATTENTION, 0, "The run of batch 7 waits for people"),
    ],
)
def test_run_task_is_marked_red_and_says_why(state, disputed, title):
    run = Run(pk=3, batch=Batch(pk=7, purpose="Diwali"), state=state, pause_text="The balance is used up.")
    task = home.run_task(run, disputed=disputed)
    assert (task.status, task.title, task.detail) == (None, title, "Diwali · The balance is used up.")


def test_failed_task_counts_rows_and_points():
    task = home.failed_task(FailedBatch(batch=Batch(pk=7, purpose="Diwali"), rows=3, points=1_500))
    assert (task.title, task.detail, task.button) == (
        "3 rows of batch 7 failed",
        "Diwali · 1,500 points were not given",
        "See 3 failed",
    )


def test_running_line_is_a_sum_and_a_bar():
    totals = Totals(rows=10, credited=6, sending=1, pending=3)
    (line,) = home.running_lines([(Run(state=RunState.RUNNING), totals)])
    assert (line.words, line.bar) == (
        "10 rows = 6 credited + 1 being sent + 3 not sent",
        [Segment("c-credited", 0, 6), Segment("c-run", 6, 1)],
    )


@pytest.mark.parametrize(("rows", "width"), [(10, 10), (0, 1)])
def test_bar_is_as_long_as_the_run_and_never_without_length(rows, width):
    bar = render_to_string("allocations/runs/_bar.html", {"rows": rows, "segments": [Segment("c-run", 0, rows)]})
    assert f'viewBox="0 0 {width} 14"' in bar


@pytest.mark.parametrize(
    ("age", "silent"), [(timedelta(seconds=119), False), (timedelta(minutes=2, seconds=1), True), (None, True)]
)
def test_sweeper_is_silent_after_two_minutes(age, silent):
    assert home.is_silent(NOW - age if age else None, now=NOW) is silent
