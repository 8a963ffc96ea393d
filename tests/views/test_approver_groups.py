"""Groups of approvers on the pages: making one, who is in it, and what an approval page says to those who are not."""

import pytest
from django.urls import reverse

from allocations.models import ApproverGroup, Batch, RoleProposal, Vote
from allocations.services.submission import submit_batch
from tests.factories.batches import approved_batch, review_batch
from tests.factories.groups import group
from tests.factories.people import actor, person
from tests.factories.policies import agree
from tests.views.test_approvals import approver, vote
from tests.views.test_policies import words

pytestmark = pytest.mark.django_db
POLICIES, PEOPLE = reverse("allocations:policies"), reverse("allocations:people")


def page_of(user) -> str:
    return reverse("allocations:person", args=[user.pk])


def test_a_group_is_made_and_filled_by_two_people(client):
    # Before the first batch the home page shows the first steps.
    approved_batch()
    user = person("approver", first_name="Meera", last_name="Nair")
    client.force_login(person("owner"))
    make = reverse("allocations:group-make")
    assert "The group “Finance” is made." in words(client.post(make, {"name": "Finance"}, follow=True))
    assert client.post(make, {"name": "finance"}).status_code == 422
    assert client.post(make, {"name": " "}).status_code == 422
    made = ApproverGroup.objects.get()
    assert "Finance nobody yet" in words(client.get(POLICIES))
    give = reverse("allocations:person-group-give", args=[user.pk])
    assert "Propose for Finance" in words(client.get(page_of(user)))
    assert client.post(give, {"group": "x"}).status_code == 422
    said = words(client.post(give, {"group": made.pk}, follow=True))
    assert ("Finance waits for a second person" in said, "Propose for Finance" in said) == (True, False)
    confirm = reverse("allocations:role-confirm", args=[RoleProposal.objects.get().pk])
    assert client.post(confirm).status_code == 403
    client.force_login(person("approver"))
    assert "the group “Finance” for Meera Nair" in words(client.get("/"))
    assert "Confirm the group “Finance” for Meera Nair" in words(client.get(PEOPLE))
    assert "Meera Nair is of the group “Finance” from now on." in words(client.post(confirm, follow=True))
    assert ("Groups: Finance" in words(client.get(PEOPLE)), "Finance Meera Nair" in words(client.get(POLICIES))) == (
        True,
        True,
    )
    client.force_login(person("owner"))
    take = reverse("allocations:person-group-take", args=[user.pk])
    assert "The person is out of the group." in words(client.post(take, {"group": made.pk}, follow=True))
    assert made.members.count() == 0


def test_a_proposed_policy_names_groups_and_shows_what_they_would_have_asked_for(client):
    group("Finance", person("approver"))
    approved_batch(credited=1)
    client.force_login(person("owner"))
    new = reverse("allocations:policy-new")
    assert '<option value="Finance">' in client.get(new).text
    typed = {"one_of_group": "Finance", "note": "More eyes."}
    said = words(client.post(new, typed | {"act": "what-if"}))
    assert "1 would have needed an approver of a group; 1 was approved by nobody of it." in said
    assert "1 approver, of “Finance”, and nobody of it approved" in said
    assert "Only 1 person is in the group “Finance” now" in said
    wrong = client.post(new, typed | {"one_of_group": "HR"})
    assert (wrong.status_code, "There is no group of approvers “HR”" in words(wrong)) == (422, True)
    assert client.post(new, typed).status_code == 302
    assert "Where one approver is needed: of the group any approver Finance" in words(client.get(POLICIES))


@pytest.fixture
def member():
    return approver()


@pytest.fixture
def batch(member) -> Batch:
    group("Finance", member)
    agree(one_of_group="Finance")
    return submit_batch(actor("admin"), batch_id=review_batch(ready=3).pk)


def test_an_outsider_reads_why_and_a_form_that_is_posted_anyway_is_refused(client, batch):
    client.force_login(approver())
    page = reverse("allocations:batch-approval", args=[batch.pk])
    said = words(client.get(page))
    assert "The approver must be of the group “Finance”." in said
    assert "The approver of this batch must be of the group “Finance”, and you are not." in said
    assert ('id="vote"' in client.get(page).text, "Send back with a reason" in said) == (False, True)
    assert "must be of the group “Finance”, and you are not" in words(client.get(reverse("allocations:approvals")))
    assert "1 batch to approve" not in words(client.get("/"))
    answer = vote(client, batch)
    assert (answer.status_code, Vote.objects.count()) == (403, 0)
    assert "must be of the group “Finance”" in words(answer)
    assert vote(client, batch, "send-back", reason="Whose list is it?").status_code == 302


def test_somebody_of_the_group_approves(client, batch, member):
    client.force_login(member)
    assert "1 batch to approve" in words(client.get("/"))
    assert 'id="vote"' in client.get(reverse("allocations:batch-approval", args=[batch.pk])).text
    assert vote(client, batch)["Location"] == reverse("allocations:run", args=[batch.runs.get().pk])


def test_of_two_the_page_says_who_is_missing(client, member):
    group("Finance", member)
    agree(two_from_rows=3, two_of_group="Finance")
    batch = submit_batch(actor("admin"), batch_id=review_batch(ready=3).pk)
    client.force_login(approver())
    assert vote(client, batch).status_code == 302
    client.force_login(approver())
    said = words(client.get(reverse("allocations:batch-approval", args=[batch.pk])))
    assert "; the next one must be of the group “Finance”" in said
    assert "One of the 2 approvers of this batch must be of the group “Finance”." in said
    assert vote(client, batch).status_code == 403
    client.force_login(member)
    assert vote(client, batch)["Location"] == reverse("allocations:run", args=[batch.runs.get().pk])
