"""Where somebody is signed in: one sign-in is ended, or every other one."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from allocations.models import TrailEntry
from tests.factories.people import PASSWORD, person
from tests.rewards_portal.sign_in.conftest import later, with_password

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.post("/login/", {"login": user.username, "password": PASSWORD})
    return client


def is_in(client):
    return client.get("/security/").status_code == 200


def session_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def ended():
    return list(
        TrailEntry.objects.filter(event="sessions ended").values_list("object_id", "actor_id", "data__sessions")
    )


def test_one_of_three_is_ended(asha):
    here, there, elsewhere = (signed_in(asha) for _ in range(3))
    assert here.get("/security/").text.count("End this one") == 2
    answer = here.post(f"/security/sessions/{session_of(there).pk}/end/")
    assert answer.url == "/security/"
    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, True]
    assert ended() == [(asha.pk, asha.pk, 1)]


def test_one_that_has_ended_meanwhile_is_as_one_wants_it(asha):
    here, there = (signed_in(asha) for _ in range(2))
    address = f"/security/sessions/{session_of(there).pk}/end/"
    assert [here.post(address).url for _ in range(2)] == ["/security/", "/security/"]
    assert len(ended()) == 1


def test_nobody_ends_the_sessions_of_others(asha):
    other = with_password(person("owner", username="ben"))
    theirs = signed_in(other)
    assert signed_in(asha).post(f"/security/sessions/{session_of(theirs).pk}/end/").url == "/security/"
    assert is_in(theirs)
    assert not ended()


def test_ones_own_session_ends_by_signing_out(asha):
    here = signed_in(asha)
    here.post(f"/security/sessions/{session_of(here).pk}/end/")
    assert is_in(here)
    assert not ended()


def test_every_other_one_is_ended(asha):
    here, there, elsewhere = (signed_in(asha) for _ in range(3))
    assert here.post("/security/").url == "/security/"
    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, False]
    assert ended() == [(asha.pk, asha.pk, 2)]


def test_only_a_click_ends_one(asha):
    here, there = (signed_in(asha) for _ in range(2))
    assert here.get(f"/security/sessions/{session_of(there).pk}/end/").status_code == 405
    assert is_in(there)


def test_answer_to_an_older_request_takes_no_new_cookie_away(asha):
    """Sent by another tab before this one showed who it is, answered after it."""
    here = signed_in(asha)
    older = Client()
    older.cookies["sid"] = here.cookies["sid"].value
    later(here)
    here.post("/known/", {"password": PASSWORD})
    answer = older.get("/")
    assert (answer.url, "sid" in answer.cookies) == ("/login/?next=/", False)
    assert is_in(here)


def test_signing_out_takes_the_cookie_away(asha):
    here = signed_in(asha)
    assert here.post("/logout/").cookies["sid"].value == ""
