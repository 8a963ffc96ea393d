"""What people do for programs: a token, the reference of what it opens, and a webhook that is tried."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.persons import READING, Person

See = Callable[[Page, str, bool], None]


def look_after_programs(maker: Person, owner: Person, *, see: See) -> None:
    """`see`: page, name, whether it is a main page."""
    page = maker.page
    page.goto("/api/")
    see(page, "api-tokens-none", False)
    page.get_by_role("link", name="Make a token").click()
    maker.press("Make the token")
    expect(page.get_by_text("Empty. Name the program that uses the token")).to_be_visible()
    page.get_by_label("Name of the program").fill("Payroll")
    for scope in ("read", "rows", "write", "submit"):
        page.get_by_role("checkbox", name=re.compile(f"^{scope}:")).check()
    see(page, "api-token-make", True)
    maker.press("Make the token")
    expect(page.get_by_text(re.compile("^rpt_"))).to_be_visible()
    see(page, "api-token-made", False)
    page.goto("/api/")
    see(page, "api-tokens", True)
    page.goto("/api/reference/#create_batch")
    expect(page.locator("#create_batch")).to_be_visible()
    see(page, "api-reference", True)
    _webhook(owner, see=see)


def _webhook(owner: Person, *, see: See) -> None:
    page = owner.page
    page.goto("/api/webhooks/")
    see(page, "webhooks-none", False)
    page.get_by_role("link", name="Add a webhook").click()
    page.get_by_label("Address").fill("https://hr.invalid/rewards")
    page.get_by_role("checkbox", name=re.compile("^A run has ended")).check()
    see(page, "webhook-add", True)
    owner.press("Add this webhook")
    expect(page.get_by_text(re.compile("^whs_"))).to_be_visible()
    see(page, "webhook-secret", False)
    page.get_by_role("link", name="Go to the webhook").click()
    owner.press("Send a test")
    expect(page.get_by_text("A test event is on its way.")).to_be_visible()
    said = page.get_by_text("The name of the address leads nowhere.")
    for _ in range(20):
        if said.count():
            break
        page.wait_for_timeout(READING / 20)
        page.reload()
    expect(said).to_be_visible()
    see(page, "webhook", True)
    page.goto("/api/webhooks/")
    see(page, "webhooks", False)
