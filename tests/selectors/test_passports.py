from datetime import timedelta

import pytest

from allocations.selectors.passports import passport_of
from allocations.selectors.trails import TrailPage, trail_page
from tests.factories.batches import approved_batch, review_batch
from tests.factories.decisions import open_proposal
from tests.factories.lists import NOW
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def test_passport_holds_the_row_its_attempts_and_its_vote():
    batch = approved_batch(credited=1)
    passport = passport_of(batch.pk, 2)
    assert passport.row == batch.rows.get()
    assert [link.attempt.chunk.run.batch_id for link in passport.attempts] == [batch.pk]
    assert passport.vote == batch.votes.get()
    assert passport.problems == ()


def test_passport_before_submission_has_problems_and_no_vote():
    passport = passport_of(review_batch(errors=1).pk, 2)
    assert [problem.code for problem in passport.problems] == ["mobile_too_short"]
    assert passport.vote is None


def test_passport_of_a_row_that_people_decided_knows_when():
    batch = approved_batch(failed=1)
    decided = {"outcome": "failed", "state": "confirmed", "decided_by": UserFactory(roles=("approver",))}
    later = open_proposal(rows=batch.rows.all(), **decided, decided_at=NOW + timedelta(days=1))
    later.rows.update(is_open=False)
    open_proposal(rows=batch.rows.all(), **decided, decided_at=NOW).rows.update(is_open=False)
    assert passport_of(batch.pk, 2).decided_at is None
    batch.rows.update(evidence="people")
    assert passport_of(batch.pk, 2).decided_at == later.decided_at


def test_passport_of_a_missing_row_is_none():
    assert passport_of(review_batch().pk, 900) is None


def test_trail_page_newest_first_with_the_number_to_go_on_from():
    batch = review_batch()
    entries = [
        batch.trail.create(at=NOW, event=f"event {n}", object_type="batch", object_id=batch.pk) for n in range(3)
    ]
    page = trail_page(batch, size=2)
    assert page == TrailPage(entries=(entries[2], entries[1]), older=entries[1].pk)
    assert trail_page(batch, before=page.older, size=2) == TrailPage(entries=(entries[0],), older=None)
