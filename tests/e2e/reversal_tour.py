"""The pages of a reversal, brought about by a real one."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.persons import RUNNING, Person
from tests.e2e.stack import PASSWORD

See = Callable[[Page, str, bool], None]


def take_points_back(maker: Person, approver: Person, batch: int, *, see: See) -> None:
    """From a credited row to its points taken back. `see`: page, name, whether it is a main page."""
    page = maker.page
    page.goto(f"/batches/{batch}/rows/?state=credited")
    page.locator("#part tbody th a").first.click()
    row = page.url
    page.get_by_role("link", name=re.compile("^Take points back")).click()
    maker.press("Ask for these points back")
    expect(page.get_by_text("Empty. Say why").first).to_be_visible()
    see(page, "reversal-request", True)
    page.get_by_label("Reason").fill("Credited twice by mistake")
    maker.press("Ask for these points back")
    page.wait_for_url(re.compile(r"/reversals/\d+/"))
    see(page, "reversal-maker", False)
    _approve(approver, page.url, see=see)
    for _ in range(RUNNING // 1000):
        page.reload()
        if page.get_by_role("heading", level=1).get_by_text("taken back").count():
            break
        page.wait_for_timeout(1000)
    see(page, "reversal-done", True)
    for address, name in ((row, "row-reversed"), (f"/batches/{batch}/?tab=reversals", "batch-outcome-reversals")):
        page.goto(address)
        expect(page.get_by_text("Net").first).to_be_visible()
        see(page, name, False)


def _approve(approver: Person, address: str, *, see: See) -> None:
    page = approver.page
    page.goto("/reversals/")
    see(page, "reversals", True)
    page.goto(address)
    see(page, "reversal-approval", True)
    button = page.get_by_role("button", name=re.compile("^Approve"))
    points = re.search(r"([\d,]+) point", button.inner_text()).group(1)
    page.get_by_label("Type the points").fill(points)
    page.get_by_label("Your password").fill(PASSWORD)
    button.click()
    expect(page.get_by_text(re.compile("^You approved"))).to_be_visible()
