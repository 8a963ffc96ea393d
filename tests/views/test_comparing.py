"""Who is new, gone, or gets other points than in the batch before."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    before = approved_batch(credited=2)
    return submitted_batch(rows=3, account=before.account)


def page(client, batch, **query):
    return client.get(reverse("allocations:batch-changes", args=[batch.pk]), query)


def sheet(client, batch):
    return client.get(reverse("allocations:batch-approval", args=[batch.pk])).content.decode()


def test_sheet_counts_and_the_page_names(client, batch):
    client.force_login(person("approver"))
    assert "3 new, 2 no longer in the list, 0 with other points" in sheet(client, batch)
    text = page(client, batch).content.decode()
    assert [row.name in text for row in batch.rows.all()] == [True] * 3
    assert "Nobody" in page(client, batch, show="points").content.decode()


def test_those_who_may_not_see_people_see_masks(client, batch):
    client.force_login(person("auditor"))
    text = page(client, batch).content.decode()
    assert not [row for row in batch.rows.all() if row.mobile in text or row.email in text]


def test_pages_go_on_by_row_number(client, batch, monkeypatch):
    monkeypatch.setattr("allocations.views.comparing.PAGE", 2)
    client.force_login(person("approver"))
    assert "?show=new&amp;after=3" in page(client, batch).content.decode()
    assert "?show=new&amp;after=" not in page(client, batch, after="3").content.decode()


@pytest.mark.parametrize("query", [{"show": "x"}, {"after": "x"}, {"after": "9" * 40}, {"after": "-1"}, {"after": "२"}])
def test_an_address_that_asks_for_nothing_shows_the_beginning(client, batch, query):
    client.force_login(person("approver"))
    assert page(client, batch, **query).status_code == 200


def test_a_first_batch_and_an_erased_one_are_compared_with_nothing(client, batch):
    client.force_login(person("approver"))
    first = submitted_batch()
    assert page(client, first).status_code == 302
    before = batch.account.batches.order_by("id").first()
    before.erased_at = timezone.now()
    type(before).objects.filter(pk=before.pk).update(erased_at=before.erased_at)
    assert page(client, batch).status_code == 302
    assert "nobody can be compared" in sheet(client, batch)
