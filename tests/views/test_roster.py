"""The pages of people: who sees them, who changes what, and the link that is shown once."""

import re

import pytest
from django.contrib.auth.models import User

from allocations.actors import actor_of
from allocations.models import RoleProposal, TrailEntry
from tests.factories.batches import approved_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
NEW = {
    "first_name": "Meera",
    "last_name": "Nair",
    "username": "meera",
    "email": "meera@example.com",
    "roles": ["admin", "approver"],
}


@pytest.fixture
def owner(client):
    client.owner = person("owner", first_name="Ravi", last_name="Iyer")
    client.force_login(client.owner)
    return client


@pytest.fixture
def asha():
    return person("admin", first_name="Asha", last_name="Rao", password="!")


def names(user) -> list[str]:
    return sorted(actor_of(User.objects.get(pk=user.pk)).roles)


def test_the_list_shows_people_roles_and_state(owner, asha) -> None:
    person("auditor", first_name="Old", last_name="Hand", is_active=False, username="old")
    text = re.sub(r"\s+", " ", owner.get("/people/").text)
    assert [word in text for word in ("Asha Rao", "admin", "invited", "deactivated", "Invite a person…")] == [True] * 5
    assert "Nobody else here is owner or approver" in text
    person("approver")
    assert "Nobody else here" not in owner.get("/people/").text


@pytest.mark.parametrize(("role", "status"), [("approver", 200), ("auditor", 200), ("admin", 403)])
def test_others_see_or_do_not_see_but_change_nothing(client, asha, role, status) -> None:
    client.force_login(person(role))
    assert [client.get(f"/people/{tail}").status_code for tail in ("", f"{asha.pk}/")] == [status] * 2
    assert client.get("/people/invite/").status_code == client.post("/people/invite/", NEW).status_code == 403
    for act in ("link", "roles/give", "roles/take", "deactivate", "reactivate"):
        assert client.post(f"/people/{asha.pk}/{act}/", {"role": "auditor"}).status_code == 403
    assert (names(asha), User.objects.filter(username="meera").exists()) == (["admin"], False)


def test_invitation_shows_its_link_once_and_the_link_sets_a_password(owner) -> None:
    answer = owner.post("/people/invite/", NEW)
    assert "No mail went out." in answer.text
    link = re.search(r"http://testserver(/password/reset/key/[^<]+)<", answer.text)[1]
    meera = User.objects.get(username="meera")
    assert "/password/reset/key/" not in owner.get(f"/people/{meera.pk}/").text
    form = owner.get(link, follow=True).request["PATH_INFO"]
    owner.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    meera.refresh_from_db()
    assert (meera.check_password(PASSWORD), names(meera)) == (True, ["admin"])
    assert "This link does not work any more" in owner.get(link, follow=True).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": ""}, "Type what they are called."),
        ({"username": "Meera Nair"}, "Only small letters, digits"),
        ({"username": "demo-meera"}, "kept for the demo"),
        ({"email": "meera"}, "This is no e-mail address."),
        ({"roles": []}, "Without a role nothing is open to them."),
        ({"roles": ["king"]}, "There is no such role."),
    ],
)
def test_wrong_entry_comes_back_with_its_reason(owner, changes, words) -> None:
    answer = owner.post("/people/invite/", NEW | changes)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert not TrailEntry.objects.exists()


def test_inviting_twice_invites_once(owner) -> None:
    owner.post("/people/invite/", NEW)
    again = owner.post("/people/invite/", NEW)
    assert (again.status_code, "Somebody has this user name already." in again.text) == (422, True)
    assert "Somebody has this address already." in again.text


def test_a_new_link_replaces_the_former(owner) -> None:
    owner.post("/people/invite/", NEW)
    meera = User.objects.get(username="meera")
    assert "Make a new link for Meera Nair" in owner.get(f"/people/{meera.pk}/").text
    assert "/password/reset/key/" in owner.post(f"/people/{meera.pk}/link/").text


def test_roles_are_given_proposed_and_taken(owner, asha) -> None:
    def post(act, role):
        return owner.post(f"/people/{asha.pk}/roles/{act}/", {"role": role}, follow=True)

    assert "The role auditor is given." in post("give", "auditor").text
    assert "The role approver is proposed." in post("give", "approver").text
    assert "The role admin is taken away." in post("take", "admin").text
    assert names(asha) == ["auditor"]
    assert post("give", "king").status_code == 422


def test_a_second_person_confirms_on_the_page_and_finds_it_at_home(owner, asha) -> None:
    owner.post(f"/people/{asha.pk}/roles/give/", {"role": "approver"})
    proposal = RoleProposal.objects.get()
    assert "You proposed this role." in owner.get("/people/").text
    assert owner.post(f"/people/roles/{proposal.pk}/confirm/").status_code == 403
    approved_batch()
    owner.force_login(person("approver"))
    assert "1 role to confirm" in owner.get("/").text
    assert "Confirm approver for Asha Rao" in owner.get("/people/").text
    for _ in range(2):
        told = owner.post(f"/people/roles/{proposal.pk}/confirm/", follow=True)
        assert "Asha Rao is approver from now on." in told.text
    assert names(asha) == ["admin", "approver"]
    assert re.search(
        r"Ravi Iyer proposed the role approver, \S+ Rao \d+ confirmed it", owner.get(f"/people/{asha.pk}/").text
    )


@pytest.mark.parametrize(("own", "word"), [(True, "was withdrawn"), (False, "rejected it")])
def test_a_proposed_role_can_be_refused(owner, asha, own, word) -> None:
    owner.post(f"/people/{asha.pk}/roles/give/", {"role": "approver"})
    if not own:
        owner.force_login(person("approver"))
    proposal = RoleProposal.objects.get()
    told = owner.post(f"/people/roles/{proposal.pk}/refuse/", follow=True)
    assert "Asha Rao does not get the role approver." in told.text
    assert word in owner.get(f"/people/{asha.pk}/").text


def test_accounts_are_closed_and_opened(owner, asha) -> None:
    asha.groups.add(person("approver").groups.get())
    told = owner.post(f"/people/{asha.pk}/deactivate/", follow=True)
    assert ("every session of theirs has ended" in told.text, "Reactivate Asha Rao" in told.text) == (True, True)
    told = owner.post(f"/people/{asha.pk}/reactivate/", follow=True)
    assert "Without approver: that takes two people again." in told.text
    assert "The account is active again.<" in owner.post(f"/people/{asha.pk}/reactivate/", follow=True).text


def test_ones_own_page_has_no_buttons(owner) -> None:
    text = owner.get(f"/people/{owner.owner.pk}/").text
    assert ("Nobody changes their own roles or account" in text, "Deactivate" in text) == (True, False)


def test_nobody_is_no_page(owner) -> None:
    assert owner.get("/people/999999/").status_code == 404
