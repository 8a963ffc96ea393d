"""Requests that another site has a signed-in browser send (CSRF), and doors that are confused with each other."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from allocations.models import TrailEntry
from tests.attacks.addresses import operations, pages
from tests.attacks.ground import Ground, ground
from tests.views.test_reading import stored

pytestmark = pytest.mark.django_db
# Also of the door: whatever a signed-in person can change there.
DOOR = {
    "language",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_generate_recovery_codes",
    "usersessions_list",
}
SAME, EVIL = "https://testserver", "https://evil.example"
FOREIGN = "a" * 64


def posts(made: Ground) -> set[str]:
    return {one.path for one in pages(made) if one.takes_posts or one.name in DOOR}


def signed_in(made: Ground, who: str) -> tuple[Client, str]:
    """A browser that Django checks as strictly as a real one, and its token."""
    client = made.client(who, enforce_csrf_checks=True)
    page = client.get("/batches/", secure=True)
    return client, page.text.split('"X-CSRFToken": "')[1].split('"')[0]


def test_forged_form_is_refused_and_changes_nothing():
    """Without the token, with somebody else's, from another site, from a page that does not say from where."""
    made = ground()
    client, token = signed_in(made, "maker")
    _, stolen = signed_in(made, "approver")
    forged = [
        ({}, {"Origin": SAME}),
        ({"csrfmiddlewaretoken": FOREIGN}, {"Origin": SAME}),
        ({"csrfmiddlewaretoken": stolen}, {"Origin": SAME}),
        ({"csrfmiddlewaretoken": token}, {"Origin": EVIL}),
        ({"csrfmiddlewaretoken": token}, {"Origin": "null"}),
        ({"csrfmiddlewaretoken": token}, {"Referer": f"{EVIL}/testserver/"}),
        ({"csrfmiddlewaretoken": token}, {}),
    ]
    before = stored()
    passed = [
        (path, body, headers)
        for path in sorted(posts(made))
        for body, headers in forged
        if client.post(path, body, headers=headers, secure=True).status_code != 403
    ]
    assert (passed, stored() == before) == ([], True)


def test_honest_form_passes():
    """Else the test above would be content with a portal that refuses all."""
    client, token = signed_in(ground(), "maker")
    body = {"csrfmiddlewaretoken": token}
    for headers in ({"Origin": SAME}, {"Referer": f"{SAME}/notices/"}):
        assert client.post("/notices/", body, headers=headers, secure=True).status_code == 302
    assert client.post("/notices/", headers={"Origin": SAME, "X-CSRFToken": token}, secure=True).status_code == 302


def test_session_opens_no_operation_of_the_api():
    made = ground()
    client = made.client("maker")
    before = TrailEntry.objects.count()
    codes = {getattr(client, method.lower())(one.path).status_code for method, one in operations(made)}
    assert (codes, TrailEntry.objects.count()) == ({401}, before)


def test_token_of_a_program_opens_no_page():
    made = ground()
    client = Client(headers={"Authorization": f"Bearer {made.token}"})
    for one in pages(made):
        if one.takes_posts:
            assert client.post(one.path).url.startswith("/login/"), one
    for name in ("home", "batches", "api-tokens", "people"):
        assert client.get(reverse(f"allocations:{name}")).url.startswith("/login/")
    assert not client.session.keys()


@override_settings(CSRF_COOKIE_NAME="__Host-csrf", CSRF_COOKIE_SECURE=True)
def test_token_that_another_host_of_the_domain_planted_is_not_taken():
    """A neighbour under the same domain can set cookies for all of it, but none with this prefix."""
    made = ground()
    client = made.client("maker", enforce_csrf_checks=True)
    client.cookies["csrf"] = FOREIGN[:32]
    answer = client.post("/notices/", {"csrfmiddlewaretoken": FOREIGN[:32]}, headers={"Origin": SAME}, secure=True)
    assert answer.status_code == 403
