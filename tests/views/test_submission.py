from datetime import timedelta

import pytest
from django.utils import timezone

from allocations.models import TrailEntry
from allocations.presenters.times import moment
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_admin_submits_a_clean_list(client):
    batch = review_batch(ready=3)
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/submit/", follow=True)
    batch.refresh_from_db()
    assert (batch.state, batch.submitted_by, batch.version, len(batch.digest)) == (
        "submitted",
        batch.uploaded_by,
        1,
        64,
    )
    assert "Another person must approve them." in response.text


def test_a_start_is_chosen_in_ist_and_shown_to_the_approver(client):
    batch = review_batch(ready=3)
    client.force_login(batch.uploaded_by)
    start = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)
    assert 'name="start" type="datetime-local" form="submit-batch"' in client.get(f"/batches/{batch.pk}/").text
    client.post(f"/batches/{batch.pk}/submit/", {"start": f"{start:%Y-%m-%dT%H:%M}"})
    batch.refresh_from_db()
    assert batch.start_at == start
    client.force_login(person("approver"))
    sheet = client.get(f"/batches/{batch.pk}/approval/").text
    assert f"The run begins by itself at {moment(start)}; approved later than that, at once" in sheet


@pytest.mark.parametrize("typed", ["2020-01-01T10:00", "2099-01-01T10:00", "soon"])
def test_a_start_that_cannot_be_is_refused(client, typed):
    batch = review_batch(ready=3)
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/submit/", {"start": typed})
    batch.refresh_from_db()
    assert (response.status_code, "The start is" in response.text, batch.state) == (422, True, "review")


def test_submitting_twice_is_submitting_once(client):
    """F51, F56."""
    batch = review_batch(ready=3)
    client.force_login(batch.uploaded_by)
    client.post(f"/batches/{batch.pk}/submit/")
    response = client.post(f"/batches/{batch.pk}/submit/")
    assert (response.status_code, "only a batch in review can be submitted" in response.text) == (409, True)
    assert TrailEntry.objects.filter(batch=batch).count() == 1


def test_list_with_errors_is_not_submitted(client):
    batch = review_batch(errors=1)
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/submit/")
    batch.refresh_from_db()
    assert (response.status_code, "1 row has errors" in response.text, batch.state) == (422, True, "review")


def test_maker_withdraws(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    response = client.post(f"/batches/{batch.pk}/withdraw/", follow=True)
    batch.refresh_from_db()
    assert (batch.state, batch.digest, "Nothing was sent." in response.text) == ("review", "", True)


def test_withdrawing_twice_is_withdrawing_once(client):
    """F51."""
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    client.post(f"/batches/{batch.pk}/withdraw/")
    assert client.post(f"/batches/{batch.pk}/withdraw/").status_code == 409
    assert TrailEntry.objects.filter(batch=batch).count() == 1


def test_another_admin_cannot_withdraw(client):
    batch = submitted_batch()
    client.force_login(person("admin"))
    response = client.post(f"/batches/{batch.pk}/withdraw/")
    batch.refresh_from_db()
    assert (response.status_code, batch.state) == (403, "submitted")
