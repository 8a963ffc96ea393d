import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations import gateway
from allocations.models import Installation
from allocations.services import recovering
from tests.factories.batches import approved_batch, refused_batch, review_batch, submitted_batch
from tests.factories.lists import RowFactory
from tests.factories.people import person
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db

HEAD = "Nothing is sent: the portal recovers since"
PAGES = ("home", "batches", "approvals", "runs", "accounts")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_tells_that_the_portal_recovers(client, name: str) -> None:
    approved_batch(run_state="running", pending=2)
    client.force_login(person("admin"))
    address = reverse(f"allocations:{name}")
    assert HEAD not in client.get(address).text
    recovering.begin(now=timezone.now(), timing=gateway.timing(), why="Restored.")
    text = client.get(address).text
    assert HEAD in text
    assert "The rows of 1 call are still to be looked up at EnKash." in text
    Installation.objects.update(recovering_since=None, recovered_at=timezone.now() + timedelta(minutes=1))
    assert HEAD not in client.get(address).text


def test_a_row_that_was_credited_in_a_lost_life_has_its_page(client) -> None:
    """Proved by a look-up, with no attempt of ours on record."""
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    row.attempts.all().delete()
    batch.rows.update(tries=0, first_sent_at=None, evidence="look_up")
    client.force_login(person("admin"))
    text = client.get(reverse("allocations:row", args=[batch.pk, row.number])).text
    assert re.search(r"got 500 points on .*IST", text)


KEPT = "came back with a backup, so its rows may have been sent already"


def restored() -> None:
    recovering.begin(now=timezone.now() + timedelta(minutes=1), timing=gateway.timing(), why="Restored.")


def test_a_restored_list_says_that_it_stays_as_it_is_and_offers_no_other_list(client) -> None:
    batch = review_batch(errors=1, ready=2)
    client.force_login(batch.uploaded_by)
    doors = (f"/batches/{batch.pk}/list/", f"/batches/{batch.pk}/mapping/")
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert [KEPT in text, *(door in text for door in doors), text.count('form="leave-out"')] == [False, True, True, 3]
    restored()
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert [KEPT in text, *(door in text for door in doors), text.count('form="leave-out"')] == [True, False, False, 1]
    assert "Leave out 1 row with errors" in text


@pytest.mark.parametrize("door", ["list", "mapping"])
def test_the_forms_for_another_list_are_refused_with_the_reason(client, door: str) -> None:
    batch = review_batch()
    client.force_login(batch.uploaded_by)
    restored()
    answer = client.get(f"/batches/{batch.pk}/{door}/")
    assert (answer.status_code, KEPT in answer.text) == (409, True)


def test_a_restored_list_that_was_being_read_says_what_to_do(client) -> None:
    batch = refused_batch()
    client.force_login(batch.uploaded_by)
    restored()
    assert "Upload another list for batch" in client.get(f"/batches/{batch.pk}/").text
    RowFactory(batch=batch)
    text = client.get(f"/batches/{batch.pk}/").text
    assert (KEPT in text, "Upload another list for batch" in text) == (True, False)


def test_who_withdraws_a_restored_list_is_told_that_it_stays_as_it_is(client) -> None:
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    restored()
    text = client.post(f"/batches/{batch.pk}/withdraw/", follow=True).text
    assert ("you can change the list" in text, f"Withdrawn: Batch {batch.pk} came back" in text) == (False, True)


def test_an_approver_is_told_that_a_list_came_back_with_a_backup(client) -> None:
    batch = submitted_batch()
    client.force_login(person("approver"))
    address = reverse("allocations:batch-approval", args=[batch.pk])
    assert "This batch came back with a backup" not in client.get(address).text
    restored()
    assert "This batch came back with a backup" in client.get(address).text


FORGOTTEN = "This batch came back with a backup"


def test_who_takes_points_back_is_told_that_an_earlier_reversal_may_be_forgotten(client) -> None:
    reversal = ReversalFactory()
    row = reversal.row
    asking = reverse("allocations:row-reverse", args=[row.batch_id, row.number])
    deciding = reverse("allocations:reversal", args=[reversal.pk])
    client.force_login(person("admin", "approver"))
    assert [FORGOTTEN in client.get(page).text for page in (asking, deciding)] == [False, False]
    restored()
    assert [FORGOTTEN in client.get(page).text for page in (asking, deciding)] == [True, True]


def test_who_replaces_a_row_is_told_that_an_earlier_replacement_may_be_forgotten(client) -> None:
    batch = approved_batch(failed=1)
    address = reverse("allocations:replacement-new", args=[batch.pk])
    client.force_login(person("admin"))
    assert FORGOTTEN not in client.get(address).text
    restored()
    assert FORGOTTEN in client.get(address).text
