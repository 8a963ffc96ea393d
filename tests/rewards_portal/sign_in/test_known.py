import pytest
from allauth.mfa.models import Authenticator

from allocations.models import TrailEntry
from rewards_portal.sign_in.adapter import TOO_OFTEN
from tests.factories.people import PASSWORD
from tests.rewards_portal.sign_in.conftest import code_of, later, set_up_app, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client, asha):
    client.force_login(asha)
    return client


def test_password_is_asked_and_leads_back(inside):
    assert 'name="password"' in inside.get("/known/?next=/runs/").text
    assert "This is not your password." in inside.post("/known/", {"password": "wrong"}).text
    assert inside.post("/known/", {"password": PASSWORD, "next": "/runs/"}).url == "/runs/"
    assert inside.get("/known/?next=/runs/").url == "/runs/"
    events = list(TrailEntry.objects.values_list("event", flat=True))
    assert events == ["sign-in failed", "shown again who it is"]


def test_it_leads_nowhere_else(inside):
    assert inside.post("/known/", {"password": PASSWORD, "next": "https://elsewhere.example/"}).url == "/"


def test_it_is_forgotten_after_five_minutes(inside):
    shown(inside)
    later(inside, minutes=5.1)
    assert inside.get("/known/").status_code == 200


def test_guessing_is_limited(inside):
    for _ in range(5):
        inside.post("/known/", {"password": "wrong"})
    assert TOO_OFTEN in inside.post("/known/", {"password": PASSWORD}).text


def test_a_code_is_not_used_up_by_a_wrong_password(inside):
    shown(inside)
    secret = set_up_app(inside)
    later(inside)
    code = code_of(secret, steps=1)
    assert inside.post("/known/", {"password": "wrong", "code": code}).status_code == 422
    assert inside.post("/known/", {"password": PASSWORD, "code": code, "next": "/runs/"}).url == "/runs/"


def test_somebody_with_a_passkey_is_offered_it(inside, asha):
    data = {"name": "Laptop", "credential": {}}
    Authenticator.objects.create(user=asha, type=Authenticator.Type.WEBAUTHN, data=data)
    page = inside.get("/known/?next=/runs/").text
    assert 'href="/known/passkey/?next=%2Fknown%2F%3Fnext%3D%2Fruns%2F"' in page


def test_page_for_passkeys_refuses_what_is_none(inside, asha):
    data = {"name": "Laptop", "credential": {}}
    Authenticator.objects.create(user=asha, type=Authenticator.Type.TOTP, data=data)
    page = inside.get("/known/passkey/?next=/runs/").text
    assert ('data-passkey="get"' in page, '"challenge"' in page) == (True, True)
    answer = inside.post("/known/passkey/?next=/runs/", {"credential": '{"id": "x"}'}, follow=True)
    assert "This is not right" in answer.text
    assert inside.get("/known/").status_code == 200


def test_somebody_who_signs_in_elsewhere_signs_in_again(inside, asha):
    asha.set_unusable_password()
    asha.save()
    inside.force_login(asha)
    assert "Sign out, sign in again" in inside.get("/known/").text
