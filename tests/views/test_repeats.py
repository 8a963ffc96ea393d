"""A list that repeats another batch: what its maker is asked and what the approver reads."""

import pytest

from allocations.models import Batch, Vote
from allocations.services.repeats import look_for_repeats
from tests.factories.batches import recount, review_batch, submitted_batch
from tests.factories.lists import RowFactory
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
REASON = "They work <two> shifts"


def again(other: Batch, *, rows: int) -> Batch:
    """A list with so many rows of another batch."""
    batch = review_batch(ready=0)
    for row in other.rows.order_by("number")[:rows]:
        RowFactory(batch=batch, number=row.number, mobile=row.mobile, amount=row.amount)
    batch.uploads.update(rows_total=rows)
    look_for_repeats(batch.pk)
    return recount(batch)


@pytest.fixture
def other(db) -> Batch:
    batch = submitted_batch(rows=3)
    Batch.objects.update(submitted_at=batch.created_at)
    return batch


def test_the_maker_is_asked_why_and_the_approver_ticks_and_reads_it(client, other):
    batch = again(other, rows=2)
    client.force_login(batch.uploaded_by)
    page = client.get(f"/batches/{batch.pk}/").text
    assert f"2 of 2 rows equal batch {other.pk}, “Diwali 2026”: same people, same points, 1,000 points in all." in page
    assert f'name="repeat" value="{other.pk}" form="submit-batch"' in page
    sent = {"repeat": other.pk, "repeat_reason": REASON}
    client.post(f"/batches/{batch.pk}/submit/", sent)
    batch.refresh_from_db()
    assert (batch.state, batch.repeat_reason) == ("submitted", REASON)

    approver = person("approver")
    approver.set_password(PASSWORD)
    approver.save()
    client.force_login(approver)
    sheet = client.get(f"/batches/{batch.pk}/approval/").text
    assert f"2 of 2 rows equal batch {other.pk}" in sheet
    assert "The maker's reason: “They work &lt;two&gt; shifts”" in sheet
    vote = {"version": batch.version, "digest": batch.digest, "total": "1000", "password": PASSWORD}
    assert "1 not ticked: “Points that batch" in client.post(f"/batches/{batch.pk}/approve/", vote).text
    client.post(f"/batches/{batch.pk}/approve/", {**vote, "seen": f"repeat_{other.pk}"})
    assert Vote.objects.filter(batch=batch, decision="approve").count() == 1


def test_without_a_reason_nothing_is_submitted(client, other):
    batch = again(other, rows=2)
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/submit/", {"repeat": other.pk})
    batch.refresh_from_db()
    assert (response.status_code, batch.state) == (409, "review")
    assert "Say on the page of the list why they get the points again." in response.text


def test_the_whole_of_a_waiting_batch_cannot_be_submitted(client, other):
    batch = again(other, rows=3)
    client.force_login(batch.uploaded_by)
    page = client.get(f"/batches/{batch.pk}/").text
    assert "That batch is on its way" in page
    assert "repeat_reason" not in page
    response = client.post(f"/batches/{batch.pk}/submit/", {"repeat": other.pk, "repeat_reason": REASON})
    batch.refresh_from_db()
    assert (response.status_code, batch.state) == (409, "review")


@pytest.mark.parametrize("data", [{"repeat": "x"}, {"repeat_reason": "x" * 501}])
def test_what_no_page_sends_is_refused(client, other, data):
    batch = again(other, rows=2)
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/submit/", data)
    batch.refresh_from_db()
    assert (response.status_code, batch.state) == (422, "review")
