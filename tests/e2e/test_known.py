"""A passkey in a real browser: set up, asked for at sign-in, and shown anew before an approval."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from allocations.models import Vote
from tests.e2e.test_accessibility import Inspector
from tests.factories.batches import submitted_batch
from tests.factories.people import PASSWORD, person

_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def forget() -> None:
    """Six minutes pass for every session."""
    for session in Session.objects.all():
        store = SessionStore(session.session_key)
        age = timedelta(minutes=6).total_seconds()
        store["proofs"] = {key: at if key == "user" else at - age for key, at in store["proofs"].items()}
        store.save()


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("User name").fill("sudha")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def page(live_server, browser: Browser, settings) -> Page:
    """Browsers have passkeys on localhost, not on an address of digits."""
    settings.SECOND_FACTOR_REQUIRED = True
    sudha = person("approver", username="sudha")
    sudha.set_password(PASSWORD)
    sudha.save()
    page = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost")).new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
    return page


def test_passkey_is_set_up_and_signs_an_approval(page: Page) -> None:
    look, batch = Inspector(), submitted_batch()
    sign_in(page)
    expect(page.get_by_text("Your role approver waits for a second factor.")).to_be_visible()
    look(page, "security-withheld")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Its name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look(page, "recovery-codes")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    look(page, "second-factor")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    forget()
    page.goto(f"/batches/{batch.pk}/approval/")
    page.get_by_role("link", name="Show that it is you, then approve").click()
    look(page, "known")
    page.get_by_role("link", name="Use your passkey").click()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Type the total points").fill("1,500")
    page.get_by_role("button", name="Approve 3 rows").click()
    page.wait_for_url("**/runs/**")
    assert (Vote.objects.get().decision, look.complaints) == ("approve", [])
