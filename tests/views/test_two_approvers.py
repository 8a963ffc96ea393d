"""The approval page of a batch that needs two approvers."""

import pytest
from django.urls import reverse

from allocations.models import Batch, Notice, Vote
from allocations.services import notices, sealing
from allocations.services.submission import submit_batch
from tests.factories.batches import review_batch
from tests.factories.people import actor, person
from tests.factories.policies import agree
from tests.views.test_approvals import approver, sheet, vote
from tests.views.test_policies import words

pytestmark = pytest.mark.django_db
WHY = "Two approvers: it has 3 rows, and from 3 on the policy asks for two."


@pytest.fixture
def batch() -> Batch:
    agree(two_from_rows=3)
    return submit_batch(actor("admin"), batch_id=review_batch(ready=3).pk)


def approve(client, batch: Batch):
    user = approver()
    client.force_login(user)
    return user, vote(client, batch)


def test_the_maker_reads_it_before_and_after_submitting(client):
    agree(two_from_rows=3)
    found = review_batch(ready=3)
    client.force_login(found.uploaded_by)
    found.uploaded_by.groups.add(*person("admin").groups.all())
    page = reverse("allocations:batch", args=[found.pk])
    assert WHY in words(client.get(page))
    answer = client.post(reverse("allocations:batch-submit", args=[found.pk]), follow=True)
    assert "Two other people must approve them." in words(answer)
    assert (WHY in words(answer), "0 of 2 approvals" in words(answer)) == (True, True)


def test_the_first_approval_waits_for_the_second(client, batch):
    first, answer = approve(client, batch)
    page = reverse("allocations:batch-approval", args=[batch.pk])
    assert (answer["Location"], Vote.objects.count(), batch.runs.count()) == (page, 1, 0)
    said = words(client.get(page))
    assert "Nothing is sent yet: another approver has to approve them too." in said
    assert f"1 of 2 approvals: {first.get_full_name()}," in said
    assert "Not for you: You approved this content already" in said
    assert vote(client, batch)["Location"] == page
    assert Vote.objects.count() == 1


def test_the_sheet_says_why_and_has_a_box_for_each(client, batch):
    client.force_login(approver())
    text = sheet(client, batch)
    assert WHY in text
    assert "First approver: name, date, signature" in text
    assert "Second approver: name, date, signature" in text


def test_who_has_approved_has_nothing_to_do(client, batch):
    approve(client, batch)
    assert "1 batch to approve" not in words(client.get("/"))
    queue = reverse("allocations:approvals")
    assert "1 of 2 approvals." in words(client.get(queue))
    assert "Not for you: You approved this content already" in words(client.get(queue))
    client.force_login(approver())
    assert "1 batch to approve" in words(client.get("/"))
    assert f"Decide about batch {batch.pk}" in words(client.get(queue))


def test_the_second_approval_begins_the_run(client, batch):
    first, _ = approve(client, batch)
    second, answer = approve(client, batch)
    run = batch.runs.get()
    assert answer["Location"] == reverse("allocations:run", args=[run.pk])
    row = words(client.get(reverse("allocations:row", args=[batch.pk, 2])))
    assert f"{first.get_full_name()} and {second.get_full_name()} approved it." in row
    client.force_login(first)
    assert vote(client, batch)["Location"] == answer["Location"]


@pytest.mark.parametrize("act", ["approve", "send-back"])
def test_another_policy_is_told_and_only_sending_back_is_left(client, batch, act):
    approve(client, batch)
    agree(two_from_rows=4)
    client.force_login(approver())
    text = sheet(client, batch)
    assert "under approval policy 2, and policy 3 is in force now" in text
    assert ('name="total"' in text, 'name="reason"' in text) == (False, True)
    queue = words(client.get(reverse("allocations:approvals")))
    assert ("policy 3 is in force now" in queue, "1 batch to approve" in words(client.get("/"))) == (True, False)
    answer = vote(client, batch, act, reason="Submit it again.")
    batch.refresh_from_db()
    assert (answer.status_code, batch.state) == ((409, "submitted") if act == "approve" else (302, "review"))


def test_a_full_day_is_told(client, settings):
    first, second = review_batch(ready=3), None
    agree(most_points_day=2_000)
    second = review_batch(ready=2, account=first.account)
    first, second = (submit_batch(actor("admin"), batch_id=one.pk) for one in (first, second))
    approve(client, first)
    client.force_login(approver())
    assert "1,500 points from this account were approved today" in sheet(client, second)
    assert vote(client, second, total="1000").status_code == 409


def test_an_approval_that_counts_no_more_is_named(client, batch):
    first, _ = approve(client, batch)
    first.groups.clear()
    client.force_login(approver())
    said = " ".join(sheet(client, batch).split())
    assert "0 of 2 approvals" in said
    assert f"{first.get_full_name()}," in said
    assert "counts no more" in said
    assert "0 of 2 approvals." in words(client.get(reverse("allocations:approvals")))


def test_other_approvers_are_told_that_one_is_missing(client, batch):
    maker = batch.submitted_by
    waiting = approver()
    approve(client, batch)
    sealing.link_entries()
    notices.collect(now=batch.submitted_at)
    told = Notice.objects.filter(batch=batch).order_by("pk")
    assert not told.filter(person=maker).exists()
    assert told.filter(person=waiting).count() == 2
    client.force_login(waiting)
    said = words(client.get(reverse("allocations:notices")))
    assert "It needs two approvers." in said
    assert "1 of 2 approvals is given; it waits for another approver." in said


def test_a_maker_is_told_to_submit_again_under_another_policy(client, batch):
    client.force_login(batch.submitted_by)
    assert "has to be submitted again" not in words(client.get("/"))
    agree(two_from_rows=4)
    assert f"submitted under approval policy {batch.policy}, and 3 is in force" in words(client.get("/"))
    page = reverse("allocations:batch", args=[batch.pk])
    assert "under approval policy 2, and policy 3 is in force now" in words(client.get(page))
    client.force_login(person("admin"))
    assert "has to be submitted again" not in words(client.get("/"))


def test_a_list_beyond_a_limit_cannot_be_submitted_and_says_why(client):
    found = review_batch(ready=3)
    found.uploaded_by.groups.add(*person("admin").groups.all())
    client.force_login(found.uploaded_by)
    page = reverse("allocations:batch", args=[found.pk])
    assert "the limit is 1,499" not in words(client.get(page))
    agree(most_points_batch=1_499, most_points_row=700)
    assert "The list totals 1,500 points; the limit is 1,499. Split the list." in words(client.get(page))
    said = words(client.get(reverse("allocations:batch-new")))
    assert "At most 700 points per person and 1,499 points per batch." in said
