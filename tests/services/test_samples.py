"""Nobody approves a long list without having opened its sample, and the vote and the trail say that they did."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.models import SampleOpening, TrailEntry, Vote
from allocations.selectors.approvals import newest_approved_before, previous_batch
from allocations.selectors.samples import must_be_opened, opened_rows, sample_of
from allocations.services.approval import approve_batch
from allocations.services.samples import open_sample_row
from allocations.services.submission import submit_batch, withdraw_batch
from allocations.verifier import verify_bundle
from tests.factories.people import actor
from tests.factories.policies import agree
from tests.factories.samples import open_sample
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(portal: Portal):
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=12).pk)


def approve(who, batch):
    return approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def must(batch) -> list[int]:
    return sorted(must_be_opened(batch, sample_of(batch)))


def test_approval_waits_for_every_row_of_the_sample(portal: Portal, batch) -> None:
    first, *others = must(batch)
    with pytest.raises(InvalidInput, match=f"Open rows {first}, .* of the sample first"):
        approve(portal.approver, batch)
    for number in others:
        open_sample_row(portal.approver, batch_id=batch.pk, digest=batch.digest, number=number)
    with pytest.raises(InvalidInput, match=f"Open row {first} of the sample first"):
        approve(portal.approver, batch)
    open_sample_row(portal.approver, batch_id=batch.pk, digest=batch.digest, number=first)
    assert approve(portal.approver, batch) is not None
    assert Vote.objects.get().sample_rows == len(others) + 1
    assert TrailEntry.objects.get(event="batch approved").data["sample"] == must(batch)


def test_each_approver_opens_the_sample(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=12).pk)
    second = actor("approver")
    open_sample(portal.approver, batch)
    assert approve(portal.approver, batch) is None
    with pytest.raises(InvalidInput, match="of the sample first"):
        approve(second, batch)
    open_sample(second, batch)
    assert approve(second, batch) is not None


def test_what_was_opened_of_another_content_does_not_count(portal: Portal, batch) -> None:
    open_sample(portal.approver, batch)
    withdraw_batch(portal.maker, batch_id=batch.pk)
    again = submit_batch(portal.maker, batch_id=batch.pk)
    assert again.digest != batch.digest
    assert opened_rows(again, portal.approver.id) == frozenset()
    with pytest.raises(InvalidInput, match="of the sample first"):
        approve(portal.approver, again)


def test_opening_twice_is_noted_once(portal: Portal, batch) -> None:
    for _ in range(2):
        open_sample(portal.approver, batch)
    assert SampleOpening.objects.count() == len(sample_of(batch))


def test_only_rows_of_the_sample_and_only_by_who_may_decide(portal: Portal, batch) -> None:
    outside = next(number for number in range(2, 14) if number not in must(batch))
    with pytest.raises(InvalidInput, match=f"Row {outside} is not in the sample"):
        open_sample_row(portal.approver, batch_id=batch.pk, digest=batch.digest, number=outside)
    with pytest.raises(StateConflict, match="The list changed"):
        open_sample_row(portal.approver, batch_id=batch.pk, digest="0" * 64, number=must(batch)[0])
    for who in (portal.maker, actor("auditor"), actor("owner")):
        with pytest.raises(NotAllowed):
            open_sample_row(who, batch_id=batch.pk, digest=batch.digest, number=must(batch)[0])


def test_the_database_takes_no_vote_that_claims_more_than_was_opened(portal: Portal, batch) -> None:
    open_sample_row(portal.approver, batch_id=batch.pk, digest=batch.digest, number=must(batch)[0])
    claimed = {"batch": batch, "version": batch.version, "digest": batch.digest, "decision": "approve"}
    with pytest.raises(DatabaseError, match="that its voter has not opened"), transaction.atomic():
        Vote.objects.create(**claimed, sample_rows=2, voted_by_id=portal.approver.id, voted_at=portal.clock())


@pytest.mark.parametrize(
    "change", ["UPDATE allocations_sampleopening SET number = 1", "DELETE FROM allocations_sampleopening"]
)
def test_what_was_opened_is_never_changed(portal: Portal, batch, change: str) -> None:
    open_sample(portal.approver, batch)
    with pytest.raises(DatabaseError, match="what an approver opened is never changed"), transaction.atomic():
        connection.cursor().execute(change)


def test_what_it_is_compared_with_is_frozen_with_the_content(portal: Portal) -> None:
    """A batch that is approved meanwhile changes nobody's sample."""
    first = portal.approved_run(rows=9).batch
    meanwhile = portal.review_batch(rows=9)
    waiting = submit_batch(portal.maker, batch_id=portal.review_batch(rows=12).pk)
    assert (previous_batch(waiting).pk, json.loads(waiting.manifest)["compared"]) == (first.pk, first.pk)
    before = must(waiting)
    submitted = submit_batch(portal.maker, batch_id=meanwhile.pk)
    open_sample(portal.approver, submitted)
    approve(portal.approver, submitted)
    assert (newest_approved_before(waiting).pk, previous_batch(waiting).pk, must(waiting)) == (
        meanwhile.pk,
        first.pk,
        before,
    )
    assert previous_batch(withdraw_batch(portal.maker, batch_id=waiting.pk)).pk == meanwhile.pk


def test_outsider_sees_who_had_not_opened_the_largest_rows(portal: Portal, batch) -> None:
    open_sample(portal.approver, batch)
    approve(portal.approver, batch)
    batch.refresh_from_db()
    rows = [{"number": row.number, "amount": row.amount, "state": row.state} for row in batch.rows.all()]
    entry = json.loads(TrailEntry.objects.get(event="batch approved").body)
    verify_bundle.check_sample(batch.pk, batch.manifest, rows, [(1, entry)])
    entry["data"]["sample"] = entry["data"]["sample"][1:]
    with pytest.raises(verify_bundle.Wrong, match="had not opened its largest rows"):
        verify_bundle.check_sample(batch.pk, batch.manifest, rows, [(1, entry)])
    former = json.dumps(json.loads(batch.manifest) | {"manifest_version": "3"})
    verify_bundle.check_sample(batch.pk, former, rows, [(1, entry)])
    verify_bundle.check_sample(batch.pk, batch.manifest.replace('"rows":12', '"rows":8'), rows, [(1, entry)])
