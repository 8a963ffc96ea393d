from decimal import Decimal

import pytest

from allocations.domain.spreads import Band
from allocations.domain.states import BatchState, RowState, RunState
from allocations.selectors.approvals import (
    Oddity,
    batches_awaiting_approval,
    committed_points,
    facts_of,
    latest_votes,
    oddities,
    previous_batch,
    spread_of,
    votes_of,
)
from allocations.selectors.votes import run_begun_by
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import NOW, ProblemFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_batches_awaiting_approval_longest_waiting_first():
    newer, older = submitted_batch(), submitted_batch()
    older.submitted_at = NOW.replace(year=2025)
    older.save()
    approved_batch()
    assert list(batches_awaiting_approval()) == [older, newer]


def test_facts_name_everybody_who_had_a_hand_in_the_batch():
    batch, editor = submitted_batch(), person("admin")
    batch.editors.create(user=editor)
    facts = facts_of(batch)
    assert facts.maker_ids == {editor.pk, batch.uploaded_by_id}
    assert facts.state is BatchState.SUBMITTED


def test_votes_newest_first_and_by_batch():
    first, second = approved_batch(), approved_batch()
    assert [vote.batch for vote in latest_votes(5)] == [second, first]
    assert [vote.batch for vote in votes_of(first)] == [first]


def test_oddities_count_rows_and_points_without_left_out_rows():
    batch = review_batch(ready=1, warnings=3)
    batch.rows.filter(number=2).update(state=RowState.LEFT_OUT)
    assert oddities(batch) == [
        Oddity("mobile_made_up", 2, 1000, "looks made up (9999999999). Check it with the person.", 3)
    ]


def test_oddity_in_two_cells_of_a_row_has_its_points_once():
    batch = review_batch(ready=0, warnings=2)
    ProblemFactory(row=batch.rows.get(number=2), severity="warning", code="mobile_made_up", field="name")
    assert [(one.rows, one.points) for one in oddities(batch)] == [(2, 1000)]


def test_bands_hold_every_row_once():
    batch = review_batch(ready=0, left_out=1)
    for number, amount in enumerate((250, 251, 500, 5_000, 5_001), start=10):
        batch.rows.create(number=number, amount=amount, reference=f"R{number}", payload_hash="x")
    assert spread_of(batch).bands == (
        Band(0, 250, 1, 250),
        Band(250, 500, 2, 751),
        Band(500, 1_000, 0, 0),
        Band(1_000, 2_500, 0, 0),
        Band(2_500, 5_000, 1, 5_000),
        Band(5_000, None, 1, 5_001),
    )


def test_previous_batch_is_the_last_approved_of_the_account():
    before = approved_batch()
    approved_batch()
    batch = submitted_batch(account=before.account)
    assert previous_batch(batch) == before
    assert previous_batch(before) is None


def test_committed_points_are_those_that_open_runs_may_still_take():
    batch = approved_batch(credited=1, failed=1, unknown=1, pending=2, run_state=RunState.RUNNING)
    assert committed_points(batch.account) == Decimal(1500)
    assert committed_points(approved_batch(credited=2).account) == Decimal(0)


def test_committed_points_of_a_run_that_has_not_begun_are_the_whole_batch():
    batch = approved_batch(pending=2, run_state=RunState.QUEUED)
    batch.rows.update(chunk=None)
    batch.runs.get().chunks.all().delete()
    assert committed_points(batch.account) == Decimal(1000)


def test_run_begun_by_the_voter_on_that_content_only():
    batch = approved_batch()
    voter, run = batch.approved_by_id, batch.runs.get()
    assert run_begun_by(batch, voter_id=voter, digest=batch.digest) == run
    assert run_begun_by(batch, voter_id=voter, digest="") is None
    assert run_begun_by(batch, voter_id=batch.uploaded_by_id, digest=batch.digest) is None
