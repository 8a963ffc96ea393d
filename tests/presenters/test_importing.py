from datetime import timedelta

import pytest

from allocations.models import Upload
from allocations.presenters.importing import progress
from tests.factories.lists import NOW


def upload(**fields):
    return Upload(uploaded_at=NOW, **fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "waiting"}, "Waiting for a worker to read the list"),
        ({"state": "reading", "rows_read": 12_000, "rows_total": 48_211}, "Reading rows: 12,000 of 48,211"),
        ({"state": "reading", "rows_read": 12_000}, "Reading rows: 12,000"),
        ({"state": "checking", "rows_read": 48_211}, "Checking 48,211 rows for duplicates and totals"),
        ({"state": "ready", "rows_read": 48_211}, "Read 48,211 rows"),
        ({"state": "refused"}, "The list could not be used"),
    ],
)
def test_progress_says_what_is_going_on(fields, sentence):
    assert progress(upload(**fields), now=NOW).sentence == sentence


@pytest.mark.parametrize(("age", "delay"), [(0, 1), (9, 1), (10, 2), (119, 2), (120, 5), (7200, 5)])
def test_progress_is_asked_for_less_often_with_time(age, delay):
    assert progress(upload(state="reading"), now=NOW + timedelta(seconds=age)).delay == delay


def test_progress_of_a_worker_that_reports_has_no_warning():
    seen = upload(state="reading", seen_at=NOW + timedelta(minutes=5))
    assert progress(seen, now=NOW + timedelta(minutes=5, seconds=59)).silence == ""


def test_progress_of_a_silent_worker_says_so():
    assert progress(upload(state="reading"), now=NOW + timedelta(minutes=3)).silence == (
        "No worker has reported for 3 min. It is started again by itself; nothing is lost."
    )
