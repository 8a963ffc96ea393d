from datetime import timedelta

import pytest

from allocations.domain.states import RunState
from allocations.models import EnkashToken, SweeperLease
from allocations.selectors import home
from allocations.selectors.home import Connection, FailedBatch, FailureCount, Given
from allocations.selectors.shell import OpenWork, open_work
from tests.factories.batches import approved_batch, refused_batch, review_batch, submitted_batch
from tests.factories.lists import NOW
from tests.factories.people import person
from tests.factories.runs import AttemptFactory

pytestmark = pytest.mark.django_db


def test_own_open_batches_are_those_not_submitted():
    meera = person("admin")
    draft, review = refused_batch(uploaded_by=meera), review_batch(uploaded_by=meera)
    submitted_batch(uploaded_by=meera)
    review_batch()
    assert list(home.own_open_batches(meera.pk)) == [review, draft]


def test_runs_in_need_are_paused_or_wait_for_people():
    approved_batch(pending=1, run_state=RunState.RUNNING)
    paused = approved_batch(pending=1, run_state=RunState.PAUSED).runs.get()
    attention = approved_batch(conflict=2, credited=1, run_state=RunState.ATTENTION).runs.get()
    assert home.runs_in_need() == [(paused, 0), (attention, 2)]


def test_failed_rows_wait_only_once_their_run_has_ended():
    ended = approved_batch(credited=1, failed=2)
    approved_batch(failed=1, pending=1, run_state=RunState.RUNNING)
    assert home.batches_with_failed_rows() == [FailedBatch(batch=ended, rows=2, points=1_000)]


def test_given_counts_runs_since_the_day():
    approved_batch(credited=3)
    assert home.given_since(NOW - timedelta(days=1)) == Given(rows=3, points=1_500)
    assert home.given_since(NOW + timedelta(days=1)) == Given(rows=0, points=0)


def test_failures_are_counted_by_cause():
    approved_batch(credited=1, failed=2)
    assert home.failures_since(NOW) == [FailureCount(reason_code="other", rows=2)]


def test_connection_before_the_first_call():
    assert home.connection() == Connection(None, None, 0, 0, 0, "", None)


def test_connection_tells_the_newest_answer_and_what_was_unclear():
    batch = approved_batch(credited=1)
    AttemptFactory(chunk=batch.runs.get().chunks.get(), number=2, state="unknown", answered_at=None, seconds=None)
    EnkashToken.objects.create(failures=2, last_error="invalid_grant")
    SweeperLease.objects.create(swept_at=NOW)
    assert home.connection() == Connection(NOW, 1.8, 2, 1, 2, "invalid_grant", NOW)


def test_recent_batches_are_newest_first():
    first, second = review_batch(), review_batch()
    assert home.recent_batches() == [second, first]


def test_open_work_counts_approvals_and_runs():
    submitted_batch()
    approved_batch(credited=1)
    approved_batch(pending=1, run_state=RunState.QUEUED)
    assert open_work() == OpenWork(approvals=1, runs=1, exceptions=0)
