"""Opening the sample on the sheet, with and without JavaScript."""

import pytest
from django.urls import reverse

from allocations.models import Batch, SampleOpening
from allocations.selectors.samples import sample_of
from tests.factories.batches import submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(client) -> Batch:
    client.force_login(person("approver"))
    return submitted_batch(rows=12)


def sheet(client, batch, **query):
    return client.get(reverse("allocations:batch-approval", args=[batch.pk]), query).content.decode()


def opened(client, batch, number, **headers):
    address = reverse("allocations:sample-open", args=[batch.pk, number])
    return client.post(address, {"digest": batch.digest}, headers=headers)


def test_sheet_counts_what_is_opened_and_offers_the_vote_at_the_end(client, batch):
    sample = [one.row.number for one in sample_of(batch)]
    text = sheet(client, batch)
    assert f"0 of {len(sample)} opened" in text
    assert 'id="total"' not in text
    assert "of the sample first." in text
    for number in sample:
        opened(client, batch, number)
    text = sheet(client, batch)
    assert f"{len(sample)} of {len(sample)} opened" in text
    assert 'id="total"' in text


def test_without_javascript_the_row_stands_open_on_the_sheet(client, batch):
    number = sample_of(batch)[0].row.number
    response = opened(client, batch, number)
    assert response.url == f"{reverse('allocations:batch-approval', args=[batch.pk])}?sample={number}#sample-{number}"
    text = sheet(client, batch, sample=number)
    assert "All that this person got" in text
    assert batch.rows.get(number=number).email in text


def test_looking_changes_nothing(client, batch):
    text = sheet(client, batch, sample=sample_of(batch)[0].row.number)
    assert "All that this person got" not in text
    assert not SampleOpening.objects.exists()


def test_htmx_gets_the_sample_and_the_vote(client, batch):
    sample = [one.row.number for one in sample_of(batch)]
    headers = {"HX-Request": "true"}
    first = opened(client, batch, sample[0], **headers).content.decode()
    assert f"1 of {len(sample)} opened" in first
    assert "<html" not in first
    for number in sample[1:]:
        last = opened(client, batch, number, **headers).content.decode()
    assert 'id="vote-door" hx-swap-oob="true"' in last
    assert 'id="total"' in last


def test_a_short_list_has_nothing_to_open(client):
    client.force_login(person("approver"))
    text = sheet(client, submitted_batch(rows=8))
    assert "Opened by you" not in text
    assert 'id="total"' in text


def test_who_cannot_decide_is_not_asked_to_open(client, batch):
    client.force_login(batch.uploaded_by)
    assert "Opened by you" not in sheet(client, batch)
    assert opened(client, batch, sample_of(batch)[0].row.number).status_code == 403
