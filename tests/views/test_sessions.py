"""The session or the role ends between the page and the click."""

import pytest
from django.urls import reverse

from allocations.models import Batch, Run, Vote
from tests.factories.batches import submitted_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(client):
    user = person("approver")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return user


def sheet(batch: Batch) -> str:
    return reverse("allocations:batch-approval", args=[batch.pk])


def approve(client, batch: Batch):
    content = {"version": batch.version, "digest": batch.digest, "total": "1,500", "password": PASSWORD}
    page = {"Referer": f"http://testserver{sheet(batch)}"}
    return client.post(reverse("allocations:batch-approve", args=[batch.pk]), content, headers=page)


def nothing_happened() -> bool:
    return not Vote.objects.exists() and not Run.objects.exists()


def test_f54_an_approval_after_the_session_ended_comes_back_to_the_page(client, approver) -> None:
    batch = submitted_batch()
    client.logout()
    answer = approve(client, batch)
    assert (answer.status_code, answer.url) == (302, f"/login/?next={sheet(batch)}")
    answer = client.post(answer.url, {"login": approver.username, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [(sheet(batch), 302)]
    assert batch.digest in answer.text
    assert nothing_happened()


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/batches/1/"])
def test_f54_a_click_from_no_page_of_ours_comes_back_to_the_batch(client, page: str) -> None:
    batch = submitted_batch()
    answer = client.post(reverse("allocations:batch-approve", args=[batch.pk]), headers={"Referer": page})
    assert answer.url == f"/login/?next=/batches/{batch.pk}/"


def test_f55_an_approver_who_lost_the_role_is_refused(client, approver) -> None:
    batch = submitted_batch()
    assert client.get(sheet(batch)).status_code == 200
    approver.groups.clear()
    assert (approve(client, batch).status_code, nothing_happened()) == (403, True)


def test_f55_the_session_of_somebody_locked_out_has_ended(client, approver) -> None:
    batch = submitted_batch()
    assert client.get(sheet(batch)).status_code == 200
    type(approver).objects.update(is_active=False)
    answer = approve(client, batch)
    assert (answer.status_code, answer.url.startswith("/login/"), nothing_happened()) == (302, True, True)


def test_f56_a_redirect_follows_an_approval_and_its_page_can_be_read_again(client, approver) -> None:
    batch = submitted_batch()
    answer = approve(client, batch)
    assert (answer.status_code, answer.url) == (302, f"/runs/{Run.objects.get().pk}/")
    assert [client.get(answer.url).status_code for _ in range(2)] == [200, 200]
    assert (Vote.objects.count(), Run.objects.count()) == (1, 1)
