"""Setting up second factors, signing in with them, and the roles that wait for them."""

import pytest
from allauth.mfa.models import Authenticator

from allocations.models import TrailEntry
from tests.factories.people import PASSWORD, person
from tests.rewards_portal.sign_in.conftest import code_of, later, set_up_app, shown, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def sudha(client):
    """An approver at the door's inside, who has just shown her password."""
    sudha = with_password(person("approver", username="sudha"))
    client.force_login(sudha)
    shown(client)
    return sudha


def told():
    return list(TrailEntry.objects.order_by("pk").values_list("event", flat=True))


def sign_in(client):
    client.post("/logout/")
    return client.post("/login/", {"login": "sudha", "password": PASSWORD})


def test_setting_up_an_app_asks_for_the_password_first(client, sudha):
    later(client)
    assert client.get("/security/app/").url == "/known/?next=%2Fsecurity%2Fapp%2F"
    assert client.post("/security/app/", {"code": "1"}).url == "/known/?next=%2Fsecurity%2Fapp%2F"


def test_app_is_set_up_with_a_square_and_a_code(client, sudha):
    page = client.get("/security/app/")
    assert ('<path d="M4 4h1v1' in page.text, "data:" in page.text) == (True, False)
    assert "This is not right" in client.post("/security/app/", {"code": "000000"}).text
    set_up_app(client)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert "Authenticator app, since" in client.get("/security/").text
    assert "second factor added" in told()


def test_secrets_are_encrypted_at_rest(client, sudha):
    secret = set_up_app(client)
    kept = [str(one.data) for one in Authenticator.objects.all()]
    assert [(secret in data, "gAAAA" in data) for data in kept] == [(False, True)] * 2


def test_sign_in_asks_for_the_code_and_takes_each_once(client, sudha):
    secret = set_up_app(client)
    assert sign_in(client).url == "/login/second/"
    assert client.get("/").status_code == 302
    code = code_of(secret, steps=1)
    assert "not right, or was used before" in client.post("/login/second/", {"code": "000000"}).text
    assert client.post("/login/second/", {"code": code}).url == "/"
    assert client.get("/").status_code == 200
    sign_in(client)
    assert "not right, or was used before" in client.post("/login/second/", {"code": code}).text
    tries = [event for event in told() if event.startswith("sign")]
    assert tries == ["signed out", "sign-in failed", "signed in", "signed out", "sign-in failed"]


def test_guessing_codes_is_limited(client, sudha):
    secret = set_up_app(client)
    sign_in(client)
    for _ in range(5):
        client.post("/login/second/", {"code": "000000"})
    assert "Too many failed tries" in client.post("/login/second/", {"code": code_of(secret, steps=1)}).text


def test_a_recovery_code_opens_once(client, sudha):
    set_up_app(client)
    codes = client.get("/security/codes/file/").text.split()
    assert len(codes) == 10
    sign_in(client)
    assert client.post("/login/second/", {"code": codes[0]}).url == "/"
    sign_in(client)
    assert "not right" in client.post("/login/second/", {"code": codes[0]}).text


def test_codes_are_made_anew_and_the_app_is_removed_with_them(client, sudha):
    set_up_app(client)
    old = client.get("/security/codes/file/").text.split()
    client.post("/security/codes/new/")
    assert set(old).isdisjoint(client.get("/security/codes/file/").text.split())
    assert client.get("/security/app/remove/").status_code == 200
    client.post("/security/app/remove/")
    assert not Authenticator.objects.exists()
    assert told()[-2:] == ["second factor removed"] * 2


@pytest.mark.parametrize(
    "page", ["/security/codes/", "/security/codes/new/", "/security/codes/file/", "/security/app/remove/"]
)
def test_what_concerns_factors_needs_both_proofs(client, sudha, page):
    secret = set_up_app(client)
    later(client)
    assert client.get(page).url.startswith("/known/")
    assert client.post("/known/?next=/security/", {"password": PASSWORD}).status_code == 422
    assert client.get(page).url.startswith("/known/")
    both = {"password": PASSWORD, "code": code_of(secret, steps=1), "next": page}
    assert client.post("/known/", both).url == page
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("role", ["approver", "owner"])
def test_role_is_withheld_until_there_is_a_second_factor(client, settings, role):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(with_password(person(role)))
    assert client.get("/").url == "/security/"
    assert client.post("/freeze/", {"reason": "x"}).url == "/security/"
    assert client.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/security/"
    assert f"Your role {role} waits for a second factor." in client.get("/security/").text
    shown(client)
    set_up_app(client)
    assert client.get("/").status_code == 200
    assert "waits for a second factor" not in client.get("/").text


def test_other_roles_work_meanwhile(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(person("admin", "approver"))
    assert "Your role approver waits for a second factor." in client.get("/batches/").text
    assert "you need a second factor beside your password" in client.post("/freeze/", {"reason": "x"}).text


def test_demo_says_that_it_asks_for_none(client, settings):
    assert "Demo: no second factor" in client.get("/login/").text
    settings.SECOND_FACTOR_REQUIRED = True
    assert "Demo: no second factor" not in client.get("/login/").text


def test_page_for_a_passkey_offers_to_make_one(client, sudha):
    page = client.get("/security/passkeys/add/").text
    assert ('"challenge"' in page, 'data-passkey="create"' in page) == (True, True)
    assert "This is not right" in client.post("/security/passkeys/add/", {"credential": '{"id": "x"}'}).text
    assert not Authenticator.objects.exists()
