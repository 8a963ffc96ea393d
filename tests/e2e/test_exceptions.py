"""The pages on which two people decide: axe finds nothing, nothing scrolls sideways, and they work by hand."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from allocations import gateway
from allocations.models import Account, Batch, Proposal
from tests.e2e.test_accessibility import Inspector
from tests.e2e.tour import Rank
from tests.factories.batches import approved_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enkash(monkeypatch: pytest.MonkeyPatch) -> None:
    """An EnKash that lists nothing."""
    client = SimpleNamespace(find_transactions=lambda *_, **__: ())
    monkeypatch.setattr(gateway, "build", lambda: SimpleNamespace(client=client, clock=timezone.now))


def sign_in(browser: Browser, url: str, *roles: str) -> Page:
    who = person(*roles)
    who.set_password(PASSWORD)
    who.save()
    page = browser.new_context(base_url=url).new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill(who.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")
    return page


@pytest.mark.usefixtures("enkash")
def test_two_people_decide_and_a_maker_replaces(live_server, browser: Browser) -> None:
    batch = approved_batch(run_state="attention", credited=1, unknown=2, conflict=1, failed=2)
    batch.runs.get().chunks.update(state="people")
    look = Inspector()
    maker, approver = (sign_in(browser, live_server.url, role) for role in ("admin", "approver"))
    maker.goto(reverse("allocations:exceptions"))
    look(maker, "exceptions", Rank.MAIN)
    maker.get_by_label("Choose row 3", exact=True).check()
    maker.get_by_label("Choose row 4", exact=True).check()
    maker.get_by_role("button", name="Propose a decision").click()
    look(maker, "decision-new", Rank.MAIN)
    maker.get_by_role("button", name="Propose this").click()
    look(maker, "decision-errors", Rank.MAIN)
    maker.get_by_role("radio", name="not credited").check()
    maker.get_by_label("How you know it").fill("EnKash's statement of today lists neither.")
    evidence = {"name": "statement.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    maker.get_by_label("Evidence file").set_input_files(evidence)
    maker.get_by_role("button", name="Propose this").click()
    maker.wait_for_url("**/decisions/*/")
    look(maker, "decision-proposer", Rank.PLAIN)
    approver.goto(reverse("allocations:exceptions"))
    approver.get_by_role("link", name="Open decision").click()
    look(approver, "decision-approver", Rank.MAIN)
    approver.get_by_role("button", name="Confirm that 2 rows are failed").click()
    approver.get_by_text("You confirmed").wait_for()
    look(approver, "decision-confirmed", Rank.PLAIN)
    assert Proposal.objects.get().state == "confirmed"
    maker.goto(reverse("allocations:replacement-new", args=[batch.pk]))
    look(maker, "replacement-new", Rank.MAIN)
    maker.get_by_label("Choose row 6", exact=True).check()
    maker.get_by_role("button", name="Ask EnKash").click()
    maker.get_by_text("These rows replace others").wait_for()
    look(maker, "replacement-review", Rank.PLAIN)
    made = Batch.objects.latest("id")
    maker.goto(reverse("allocations:row", args=[made.pk, 2]))
    look(maker, "replacement-row", Rank.PLAIN)
    assert (look.complaints, Account.objects.count()) == ([], 1)
