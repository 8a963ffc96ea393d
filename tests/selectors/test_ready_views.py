from datetime import UTC, datetime

import pytest
from django.db import connection

from allocations.models import TrailEntry
from allocations.selectors.ready_views import Place, closed_by_people, late_approvals, taken_in_full
from allocations.services.exporting import record_export
from tests.factories.batches import approved_batch, review_batch
from tests.factories.decisions import open_proposal
from tests.factories.lists import NOW
from tests.factories.people import UserFactory, actor
from tests.factories.runs import VoteFactory

pytestmark = pytest.mark.django_db
OFFICE = {"opens": 9, "closes": 19, "days": [1, 2, 3, 4, 5, 6]}
ALWAYS = Place()


@pytest.mark.parametrize(
    ("at", "is_late"),
    [
        pytest.param(datetime(2026, 11, 11, 3, 29, 59, tzinfo=UTC), True, id="08:59:59 IST on a Wednesday"),
        pytest.param(datetime(2026, 11, 11, 3, 30, tzinfo=UTC), False, id="09:00 IST"),
        pytest.param(datetime(2026, 11, 11, 13, 29, 59, tzinfo=UTC), False, id="18:59:59 IST"),
        pytest.param(datetime(2026, 11, 11, 13, 30, tzinfo=UTC), True, id="19:00 IST"),
        pytest.param(datetime(2026, 11, 14, 6, 0, tzinfo=UTC), False, id="Saturday"),
        pytest.param(datetime(2026, 11, 14, 18, 29, tzinfo=UTC), True, id="Saturday night"),
        pytest.param(datetime(2026, 11, 15, 6, 0, tzinfo=UTC), True, id="Sunday noon"),
        pytest.param(datetime(2026, 11, 15, 18, 35, tzinfo=UTC), True, id="Monday in India, Sunday in UTC, at night"),
    ],
)
def test_approval_is_late_by_the_clock_of_india(at, is_late) -> None:
    vote = VoteFactory(batch=review_batch(), voted_at=at)
    assert late_approvals(ALWAYS, **OFFICE).found == ((vote,) if is_late else ())


def test_sending_back_at_night_is_no_approval() -> None:
    VoteFactory(batch=review_batch(), decision="send_back", reason="Wrong", voted_at=datetime(2026, 11, 15, tzinfo=UTC))
    assert late_approvals(ALWAYS, **OFFICE).found == ()


def test_days_and_hours_are_settings() -> None:
    VoteFactory(batch=review_batch(), voted_at=datetime(2026, 11, 15, 18, 0, tzinfo=UTC))
    found = [
        len(late_approvals(ALWAYS, opens=opens, closes=closes, days=days).found)
        for opens, closes, days in ((0, 24, [7]), (0, 23, [7]), (23, 24, [7]), (0, 24, [1]))
    ]
    assert found == [0, 1, 0, 1]


def test_newest_come_first_a_page_at_a_time_and_of_a_year() -> None:
    night = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    votes = [VoteFactory(batch=review_batch(), voted_at=night) for _ in range(3)]
    first = late_approvals(ALWAYS, **OFFICE, size=2)
    last = late_approvals(Place(before=first.before), **OFFICE, size=2)
    assert ([*first.found], [*last.found], last.before) == (votes[:0:-1], votes[:1], None)
    of_the_year, before_it = Place(since=night, until=NOW), Place(since=datetime(2025, 4, 1, tzinfo=UTC), until=night)
    assert [len(late_approvals(place, **OFFICE).found) for place in (of_the_year, before_it)] == [3, 0]


def test_only_confirmed_decisions_closed_something() -> None:
    rows = list(approved_batch(run_state="attention", unknown=3).rows.all())
    open_proposal(rows=rows[:1])
    refused = open_proposal(rows=rows[1:2], transaction_id="ECT2")
    confirmed = open_proposal(rows=rows[2:], transaction_id="ECT3")
    for proposal, state, reason in ((refused, "refused", "No"), (confirmed, "confirmed", "")):
        proposal.state, proposal.reason = state, reason
        proposal.decided_by, proposal.decided_at = UserFactory(), NOW
        proposal.save()
    assert closed_by_people(ALWAYS).found == (confirmed,)


def test_only_what_went_out_unmasked_was_taken_in_full() -> None:
    batch, who = approved_batch(credited=1), actor("admin")
    given = {"batch_id": batch.pk, "kind": "csv", "rows": 1, "points": 500, "sha256": "ab" * 32}
    for shown in ("in full", "masked"):
        record_export(who, **given, personal_data=shown)
    assert [entry.data["personal_data"] for entry in taken_in_full(ALWAYS).found] == ["in full"]
    assert taken_in_full(Place(since=NOW.replace(year=2020), until=NOW.replace(year=2021))).found == ()


def test_exports_are_found_among_all_entries_by_their_index() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TrailEntry._meta.db_table)
    assert found["trail_by_event"]["columns"] == ["event", "id"]
