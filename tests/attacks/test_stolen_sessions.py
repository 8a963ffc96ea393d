"""Sessions that were planted, copied or kept too long. Ends of sessions are in tests.rewards_portal.sign_in too."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from allocations.services.roster import deactivate_person
from tests.factories.people import PASSWORD, actor, person
from tests.rewards_portal.sign_in.conftest import later, set_up_app, shown, with_password

pytestmark = pytest.mark.django_db
NEW = "four blue kites above Pune"


@pytest.fixture
def asha():
    return with_password(person("admin", username="asha", email="asha@portal.example"))


def sign_in(client):
    return client.post("/login/", {"login": "asha", "password": PASSWORD})


def signed_in(asha):
    client = Client()
    assert sign_in(client).status_code == 302
    return client


def copy_of(client):
    """What a thief has who got the cookie once."""
    thief = Client()
    thief.cookies["sid"] = client.cookies["sid"].value
    return thief


def is_inside(client) -> bool:
    return client.get("/batches/").status_code == 200


@pytest.mark.parametrize("planted", ["attackers", "0" * 32, "x'; DROP TABLE django_session; --", "../../etc/passwd"])
def test_planted_session_is_not_the_one_that_is_signed_in(asha, planted):
    attacker = Client()
    if planted == "attackers":
        session = attacker.session
        session["theirs"] = "yes"
        session.save()
        planted = session.session_key
    attacker.cookies["sid"] = planted
    victim = Client()
    victim.cookies["sid"] = planted
    assert sign_in(victim).status_code == 302
    assert (victim.cookies["sid"].value != planted, is_inside(victim), is_inside(attacker)) == (True, True, False)


def test_session_gets_a_new_key_when_somebody_shows_who_they_are(asha):
    """A copy from before has not what was shown since; and it is still the session that others can end."""
    client = signed_in(asha)
    thief, before = copy_of(client), client.cookies["sid"].value
    later(client)
    assert client.post("/known/", {"password": PASSWORD}).status_code == 302
    assert client.cookies["sid"].value != before
    assert (is_inside(client), is_inside(thief)) == (True, False)
    assert list(asha.usersession_set.values_list("session_key", flat=True)) == [client.cookies["sid"].value]
    deactivate_person(actor("owner"), person_id=asha.pk)
    assert (Session.objects.count(), is_inside(client)) == (0, False)


ENDS = {
    "sign-out": lambda client, _asha: client.post("/logout/"),
    "new password": lambda client, _asha: client.post(
        "/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    ),
    "deactivation": lambda _client, asha: deactivate_person(actor("owner"), person_id=asha.pk),
    "locked out in the database": lambda _client, asha: get_user_model().objects.update(is_active=False),
    "idle": lambda client, _asha: aged(client),
}


def aged(client):
    session = client.session
    session["seen_at"] -= 10**5
    session.save()


@pytest.mark.parametrize("end", ENDS)
def test_copy_of_a_session_ends_with_it(asha, end):
    client = signed_in(asha)
    thief = copy_of(client)
    assert is_inside(thief)
    ENDS[end](client, asha)
    assert not is_inside(thief)


def test_half_a_sign_in_opens_nothing(asha):
    """With the password and without the second factor; and no address of the door gives the rest away."""
    inside = signed_in(asha)
    shown(inside)
    set_up_app(inside)
    half = Client()
    assert sign_in(half).url == "/login/second/"
    for path in ("/", "/batches/", "/security/", "/security/codes/", "/security/codes/file/", "/known/", "/password/"):
        assert half.get(path).url.startswith("/login/"), path
    for path in ("/security/app/remove/", "/security/codes/new/", "/known/", "/batches/new/"):
        assert half.post(path, {"password": PASSWORD}).url.startswith("/login/"), path
    assert half.get("/api/v1/batches").status_code == 401


def test_role_that_was_taken_is_gone_with_the_next_request(asha):
    client = signed_in(asha)
    assert client.get("/batches/new/").status_code == 200
    asha.groups.clear()
    assert [client.get(path).status_code for path in ("/batches/new/", "/batches/", "/")] == [403] * 3


@override_settings(
    SESSION_COOKIE_NAME="__Host-sid",
    CSRF_COOKIE_NAME="__Host-csrf",
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
)
def test_cookies_are_bound_to_this_host_and_out_of_reach_of_scripts(asha):
    client = Client()
    client.get("/login/", secure=True)
    client.post("/login/", {"login": "asha", "password": PASSWORD}, secure=True)
    assert {"__Host-sid", "__Host-csrf"} <= set(client.cookies)
    for cookie in client.cookies.values():
        if cookie.key.startswith("__Host-"):
            told = (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"])
            assert told == (True, True, "Lax", "/", "")
