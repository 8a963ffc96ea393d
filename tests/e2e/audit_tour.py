"""What an auditor does with a batch: reveal one row, and export what a filter finds in the background."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.persons import READING, Person

See = Callable[[Page, str, bool], None]


def look_into(auditor: Person, batch: int, *, see: See) -> None:
    """`see`: page, name, whether it is a main page. There are more rows than are exported while one waits."""
    page = auditor.page
    page.goto(f"/batches/{batch}/rows/2/")
    page.get_by_text(re.compile("^Reveal mobile and e-mail")).click()
    see(page, "row-reveal", True)
    page.get_by_label("Why you need them").select_option(label="Sample of an audit")
    page.get_by_label("In your words").fill("Quarterly sample, item 7")
    auditor.press("Reveal for 10 minutes")
    expect(page.get_by_text("You see this person in full until")).to_be_visible()
    see(page, "row-revealed", True)
    page.goto("/search/ready/?view=reveals")
    expect(page.get_by_text("Quarterly sample, item 7")).to_be_visible()
    see(page, "search-ready-reveals", False)
    _export(auditor, see=see)


def _export(auditor: Person, *, see: See) -> None:
    page = auditor.page
    page.goto("/exports/")
    see(page, "exports-none", False)
    page.goto("/search/?from=1")
    auditor.press("Export all pages as safe CSV")
    page.wait_for_url(re.compile(r"/exports/\d+/"))
    see(page, "export-waiting", False)
    link = page.get_by_role("link", name=re.compile("^Download search-"))
    expect(link).to_be_visible(timeout=READING)
    see(page, "export-ready", True)
    with page.expect_download() as file:
        link.click()
    assert file.value.suggested_filename.endswith("-safe.csv")
    page.goto("/exports/")
    see(page, "exports", True)
