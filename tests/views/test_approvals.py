import pytest
from django.urls import reverse

from allocations.models import TrailEntry, Vote
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def approver():
    user = person("approver")
    user.set_password(PASSWORD)
    user.save()
    return user


def vote(client, batch, act="approve", **changes):
    content = {"version": batch.version, "digest": batch.digest, "total": "1,500", "password": PASSWORD}
    return client.post(reverse(f"allocations:batch-{act}", args=[batch.pk]), content | changes)


def sheet(client, batch):
    return client.get(reverse("allocations:batch-approval", args=[batch.pk])).content.decode()


def test_queue_offers_the_decision_to_an_approver(client):
    batch = submitted_batch()
    client.force_login(approver())
    text = client.get(reverse("allocations:approvals")).content.decode()
    assert f"Decide about batch {batch.pk}" in text
    assert "3 rows, 1,500 points" in text


def test_queue_tells_a_maker_why_not(client):
    batch = submitted_batch(uploaded_by=person("admin", "approver"))
    client.force_login(batch.uploaded_by)
    text = client.get(reverse("allocations:approvals")).content.decode()
    assert "You made or changed this batch. Another approver must decide about it." in text
    assert f"Read batch {batch.pk}" in text


def test_empty_queue_shows_the_latest_decisions(client):
    batch = approved_batch()
    client.force_login(person("auditor"))
    text = client.get(reverse("allocations:approvals")).content.decode()
    assert "Nothing is waiting" in text
    assert f"batch {batch.pk}, Diwali 2026" in text


def test_sheet_says_what_would_happen(client):
    client.force_login(approver())
    text = sheet(client, submitted_batch())
    assert "3 people get 1,500 points from" in text
    assert "one thousand five hundred points" in text
    assert "Approve 3 rows, 1,500 points" in text


def test_sheet_of_its_maker_has_no_form_to_sign(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    text = sheet(client, batch)
    assert 'aria-disabled="true"' in text
    assert 'name="password"' not in text


def test_sheet_of_a_decided_batch_leads_to_the_batch(client):
    batch = approved_batch()
    client.force_login(approver())
    answer = client.get(reverse("allocations:batch-approval", args=[batch.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("allocations:batch", args=[batch.pk]))


def test_approve_starts_the_run_once(client):
    """F51, F56."""
    batch, user = submitted_batch(), approver()
    client.force_login(user)
    first, second = vote(client, batch), vote(client, batch)
    run = batch.runs.get()
    assert [answer["Location"] for answer in (first, second)] == [reverse("allocations:run", args=[run.pk])] * 2
    assert Vote.objects.get(batch=batch).voted_by == user
    assert TrailEntry.objects.filter(batch=batch, event="batch approved").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"total": "1,501"}, "is not the total: the batch gives 1,500 points"),
        ({"password": "guess"}, "This is not your password"),
        ({"digest": "00" * 32}, "You saw AAAA-AAAA; the batch is now"),
        ({"version": "9"}, "Nothing was decided"),
    ],
)
def test_approve_that_does_not_fit_is_shown_again_and_changes_nothing(client, changes, said):
    batch = submitted_batch()
    client.force_login(approver())
    answer = vote(client, batch, **changes)
    batch.refresh_from_db()
    assert (answer.status_code, batch.state) == (422, "submitted")
    assert said in answer.content.decode()
    assert not Vote.objects.exists()


def test_approve_ignores_fields_that_are_not_its_own(client):
    batch = submitted_batch()
    client.force_login(approver())
    vote(client, batch, state="draft", points_total="9", approved_by=batch.uploaded_by_id)
    batch.refresh_from_db()
    assert (batch.state, batch.points_total) == ("approved", 1500)
    assert batch.approved_by != batch.uploaded_by


def test_approve_by_the_maker_is_refused(client):
    batch = submitted_batch(uploaded_by=person("admin", "approver"))
    client.force_login(batch.uploaded_by)
    answer = vote(client, batch)
    assert answer.status_code == 403
    assert "Another approver must decide about it." in answer.content.decode()


def test_approve_after_somebody_else_did_is_a_conflict(client):
    """F52."""
    batch = approved_batch()
    client.force_login(approver())
    answer = vote(client, batch)
    assert answer.status_code == 409
    assert "nothing is waiting for a decision" in answer.content.decode()


def test_approve_asks_to_tick_what_is_unusual(client):
    batch = submitted_batch(warnings=1)
    client.force_login(approver())
    assert "Mobile looks made up" in sheet(client, batch)
    refused = vote(client, batch, total="2000").content.decode()
    assert "1 not ticked: “Mobile looks made up”." in refused
    assert vote(client, batch, total="2000", seen=["mobile_made_up"]).status_code == 302


def test_sheet_quotes_cells_only_to_those_who_may_see_them(client):
    batch = submitted_batch(warnings=1)
    client.force_login(person("auditor"))
    assert ("9999999999" in sheet(client, batch), "Mobile looks made up" in sheet(client, batch)) == (False, True)
    client.force_login(approver())
    assert "9999999999" in sheet(client, batch)


def test_sheet_tells_of_another_batch_from_the_same_file(client):
    batch, other = submitted_batch(), approved_batch(credited=1)
    client.force_login(approver())
    batch.uploads.update(sha256="cd" * 32)
    assert "The same file was uploaded before" not in sheet(client, batch)
    other.uploads.update(sha256="cd" * 32)
    assert f'Batch <a href="/batches/{other.pk}/">' in sheet(client, batch)


def test_send_back_returns_the_batch_with_its_reason(client):
    batch = submitted_batch()
    client.force_login(approver())
    answer = vote(client, batch, "send-back", reason="Wrong month.")
    batch.refresh_from_db()
    assert answer["Location"] == reverse("allocations:approvals")
    assert (batch.state, batch.sent_back_reason) == ("review", "Wrong month.")
    assert vote(client, batch, "send-back", reason="Wrong month.").status_code == 409


def test_send_back_without_a_reason_changes_nothing(client):
    batch = submitted_batch()
    client.force_login(approver())
    answer = vote(client, batch, "send-back", reason=" ")
    batch.refresh_from_db()
    assert (answer.status_code, batch.state) == (422, "submitted")
    assert "Say what the maker should change" in answer.content.decode()


def test_sheet_names_earlier_votes_that_count_no_more(client):
    batch = submitted_batch()
    batch.votes.create(
        version=7,
        digest="00" * 32,
        decision="send_back",
        reason="Wrong month.",
        voted_by=person("approver"),
        voted_at=batch.submitted_at,
    )
    client.force_login(approver())
    assert "“Wrong month.”" in sheet(client, batch)


def test_sheet_compares_with_the_batch_before(client):
    before = approved_batch()
    batch = submitted_batch(account=before.account)
    client.force_login(approver())
    assert "Compared with Diwali 2026" in sheet(client, batch)
