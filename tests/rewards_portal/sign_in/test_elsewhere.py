"""Signing in at an OIDC provider, which these tests play."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import responses
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User

from allocations.models import TrailEntry
from rewards_portal import checks
from rewards_portal.sign_in.oidc import elsewhere
from tests.factories.people import person
from tests.rewards_portal.sign_in.conftest import set_up_app, shown

pytestmark = pytest.mark.django_db
ISSUER = "https://id.example.com"
START, BACK = "/login/elsewhere/company/", "/login/elsewhere/company/back/"


class Provider:
    def __init__(self) -> None:
        self.person = {"sub": "u-1", "email": "Asha@Example.com", "email_verified": True, "name": "Asha Rao"}

    def play(self, mock: responses.RequestsMock) -> None:
        config = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "jwks_uri": f"{ISSUER}/keys",
        }
        mock.get(f"{ISSUER}/.well-known/openid-configuration", json=config)
        mock.get(f"{ISSUER}/userinfo", json=self.person)
        token = jwt.encode({**self.person, "iss": ISSUER, "aud": "portal", "exp": 4102444800}, "k" * 32)
        answer = {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        mock.post(f"{ISSUER}/token", json=answer)


@pytest.fixture
def provider(settings):
    settings.OIDC_SERVER_URL = ISSUER
    settings.SOCIALACCOUNT_PROVIDERS = elsewhere(server_url=ISSUER, client_id="portal", secret="s" * 20, name="Example")
    return Provider()


def go(client, provider, then="/batches/"):
    """Over the provider and back."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        provider.play(mock)
        sent = parse_qs(urlsplit(client.get(START, {"next": then}).url).query)
        assert (set(sent["scope"][0].split()), "code_challenge" in sent) == ({"openid", "profile", "email"}, True)
        return client.get(BACK, {"code": "c", "state": sent["state"][0]})


def events():
    return list(TrailEntry.objects.order_by("pk").values_list("event", flat=True))


def test_without_a_provider_there_is_no_such_door(client):
    assert "Sign in with" not in client.get("/login/").text
    assert client.get(START).status_code == 404


def test_somebody_known_by_a_verified_address_is_let_in_and_linked(client, provider, asha):
    assert 'href="/login/elsewhere/company/?next=%2F">Sign in with' in client.get("/login/").text
    assert go(client, provider).url == "/batches/"
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (asha, "u-1", {})
    assert events() == ["linked to a sign-in elsewhere", "signed in"]
    assert client.get("/batches/").status_code == 200
    asha.refresh_from_db()
    assert asha.has_usable_password()


def test_later_only_the_providers_own_id_counts(client, provider, asha):
    go(client, provider)
    client.post("/logout/")
    provider.person["email"] = "asha.rao@example.com"
    assert go(client, provider).url == "/batches/"
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize("change", [{"email_verified": False}, {"email": "x@example.com"}, {"email": ""}])
def test_anybody_else_stays_outside_and_is_not_made(client, provider, asha, change):
    provider.person |= change
    answer = go(client, provider)
    assert (answer.status_code, "does not know you" in answer.text) == (403, True)
    assert (User.objects.count(), SocialAccount.objects.count(), events()) == (1, 0, ["sign-in failed"])
    assert client.get("/").status_code == 302


def test_nobody_is_guessed_where_two_have_the_address(client, provider, asha):
    person("admin", email="asha@example.com")
    assert go(client, provider).status_code == 403


def test_somebody_who_left_stays_outside(client, provider, asha):
    go(client, provider)
    client.post("/logout/")
    User.objects.update(is_active=False)
    assert go(client, provider).url == "/inactive/"
    assert client.get("/").status_code == 302


def test_second_factor_is_asked_all_the_same(client, provider, asha):
    client.force_login(asha)
    shown(client)
    set_up_app(client)
    client.post("/logout/")
    assert go(client, provider).url == "/login/second/"


def test_an_answer_that_was_not_asked_for_opens_nothing(client, provider, asha):
    answer = client.get(BACK, {"code": "c", "state": "made-up"})
    assert "Signing in elsewhere failed" in answer.text
    assert client.get(BACK, {"error": "access_denied", "state": "x"}, follow=True).status_code in {200, 401, 403}
    assert client.get("/").status_code == 302


def test_a_provider_that_is_away_is_said_so(client, provider):
    with responses.RequestsMock() as mock:
        mock.get(f"{ISSUER}/.well-known/openid-configuration", status=503)
        answer = client.get(START)
    assert (answer.status_code, "Signing in elsewhere failed" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"OIDC_CLIENT_SECRET": ""}, ["money.E011"]),
        ({"OIDC_SERVER_URL": "http://id.example.com"}, ["money.E012"]),
        ({"OIDC_SERVER_URL": "", "OIDC_CLIENT_ID": ""}, []),
    ],
)
def test_provider_is_complete_and_safe(settings, change, expected):
    whole = {"OIDC_SERVER_URL": ISSUER, "OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s"}
    for name, value in {"ENKASH_ENVIRONMENT": "uat", **whole, **change}.items():
        setattr(settings, name, value)
    assert [error.id for error in checks.check_elsewhere()] == expected
