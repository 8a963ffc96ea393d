"""Warnings on the page of a list: accepted with a reason, taken back, and read by the approver."""

import pytest

from allocations.models import Acceptance, Batch, Vote
from tests.factories.batches import review_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
REASON = "Asked <each> of them"


@pytest.fixture
def batch(client) -> Batch:
    batch = review_batch(warnings=2, ready=1)
    client.force_login(batch.uploaded_by)
    return batch


def shown(batch: Batch, **changes) -> dict[str, object]:
    newest = batch.problems.order_by("pk").last()
    return {"code": "mobile_made_up", "rows": 2, "newest": newest.pk, "reason": REASON} | changes


def accept(client, batch: Batch, **changes):
    return client.post(f"/batches/{batch.pk}/accept/", shown(batch, **changes))


def test_the_page_asks_for_a_reason_and_keeps_the_button_off(client, batch) -> None:
    text = client.get(f"/batches/{batch.pk}/").text
    assert "Accept 2 rows" in text
    assert 'aria-disabled="true"' in text
    assert "1 kind of warning is not accepted yet: “Mobile looks made up” in 2 rows." in text
    newest = batch.problems.order_by("pk").last().pk
    for name, value in (("code", "mobile_made_up"), ("rows", 2), ("newest", newest)):
        assert f'name="{name}" value="{value}"' in text


def test_accepted_it_says_who_and_why_and_the_button_is_on(client, batch) -> None:
    response = client.post(f"/batches/{batch.pk}/accept/?show=warnings", shown(batch))
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/?show=warnings#warnings")
    text = client.get(f"/batches/{batch.pk}/").text
    assert "“Asked &lt;each&gt; of them”" in text
    assert batch.uploaded_by.get_full_name() or batch.uploaded_by.username in text
    assert '<button class="btn btn-primary" type="submit">Submit 3 rows for approval</button>' in text


def test_taken_back_it_is_asked_for_again(client, batch) -> None:
    accept(client, batch)
    response = client.post(f"/batches/{batch.pk}/accept/back/", {"acceptance": Acceptance.objects.get().pk})
    assert response.status_code == 302
    assert "Accept 2 rows" in client.get(f"/batches/{batch.pk}/").text


def test_a_reason_that_counts_no_more_is_offered_again(client, batch) -> None:
    accept(client, batch)
    Acceptance.objects.update(newest=1)
    text = client.get(f"/batches/{batch.pk}/").text
    assert "that counts no more" in text
    assert f'name="instead_of" value="{Acceptance.objects.get().pk}"' in text
    assert 'value="Asked &lt;each&gt; of them"' in text
    assert accept(client, batch, instead_of=Acceptance.objects.get().pk).status_code == 302


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"reason": " "}, 422, "The reason is empty"),
        ({"reason": "x" * 501}, 422, "The reason has 501 characters"),
        ({"rows": 3}, 409, "Nothing was changed"),
        ({"rows": "x"}, 422, "The page did not say which rows are meant"),
        ({"code": ""}, 422, "The page did not say which rows are meant"),
        ({"newest": -1}, 422, "The page did not say which rows are meant"),
    ],
)
def test_what_cannot_be_accepted_says_why(client, batch, changes, status: int, said: str) -> None:
    response = accept(client, batch, **changes)
    assert (response.status_code, said in response.text) == (status, True)
    assert not Acceptance.objects.exists()


def test_taking_back_nothing_says_so(client, batch) -> None:
    answers = [client.post(f"/batches/{batch.pk}/accept/back/", sent) for sent in ({}, {"acceptance": 9})]
    assert [answer.status_code for answer in answers] == [422, 409]


def test_without_acceptance_a_submission_is_refused(client, batch) -> None:
    response = client.post(f"/batches/{batch.pk}/submit/")
    assert (response.status_code, "“Mobile looks made up” in 2 rows" in response.text) == (422, True)


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_others_read_it_and_change_nothing(client, batch, role: str) -> None:
    client.force_login(person(role))
    text = client.get(f"/batches/{batch.pk}/").text
    assert ("Not accepted yet." in text, "Accept 2 rows" in text) == (True, False)
    assert accept(client, batch).status_code == 403
    assert not Acceptance.objects.exists()


def test_the_approver_reads_the_reason_and_ticks_it(client, batch) -> None:
    accept(client, batch)
    client.post(f"/batches/{batch.pk}/submit/")
    batch.refresh_from_db()
    approver = person("approver")
    approver.set_password(PASSWORD)
    approver.save()
    client.force_login(approver)
    sheet = client.get(f"/batches/{batch.pk}/approval/").text
    assert ("“Asked &lt;each&gt; of them”" in sheet, 'name="seen" value="mobile_made_up"' in sheet) == (True, True)
    assert 'value="mobile_made_up" form="vote" required>' in sheet
    assert "<span data-to-tick>1</span> still to tick above" in sheet
    vote = {"version": batch.version, "digest": batch.digest, "total": "1500", "password": PASSWORD}
    refused = client.post(f"/batches/{batch.pk}/approve/", vote)
    assert (refused.status_code, "1 not ticked: “Mobile looks made up”" in refused.text) == (422, True)
    client.post(f"/batches/{batch.pk}/approve/", {**vote, "seen": "mobile_made_up"})
    assert Vote.objects.filter(batch=batch, decision="approve").count() == 1
    client.force_login(person("auditor"))
    votes = client.get(f"/batches/{batch.pk}/?tab=votes").text
    assert ("Asked &lt;each&gt; of them" in votes, "Mobile looks made up" in votes) == (True, True)
