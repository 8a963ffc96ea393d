"""What people do in the browser, in their words."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.stack import PASSWORD

READING = 120_000
RUNNING = 300_000


class Person:
    """One signed-in person with a browser of their own. Any error in its console fails the test."""

    def __init__(self, browser: Browser, url: str, username: str, **context: object) -> None:
        self.url = url
        self.page: Page = browser.new_context(base_url=url, **context).new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto("/")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Home")).to_be_visible()

    def _hear(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def upload(self, path: Path, *, purpose: str) -> int:
        """Uploads a list and waits until it is read; the batch's number."""
        self.page.goto("/batches/new/")
        self.page.get_by_label("Purpose", exact=True).fill(purpose)
        self.page.get_by_role("radio", name=re.compile("^New and existing")).check()
        self.page.get_by_label("File", exact=True).set_input_files(path)
        self.press("Upload and check")
        expect(self.page.get_by_role("button", name=re.compile("^Submit"))).to_be_visible(timeout=READING)
        return int(re.search(r"/batches/(\d+)/", self.page.url).group(1))

    def submit(self) -> None:
        """Leaves rows with errors out, accepts the warnings and submits the rest."""
        if self.page.get_by_role("button", name=re.compile("with errors$")).count():
            self.press("Leave out .* with errors")
            expect(self.page.get_by_role("button", name=re.compile("with errors$"))).to_have_count(0)
        self.accept_warnings()
        self.press("Submit")
        expect(self.page.get_by_role("button", name=re.compile("^Withdraw"))).to_be_visible()

    def accept_warnings(self) -> None:
        """Says of every kind of warning that it was looked at."""
        buttons = self.page.get_by_role("button", name=re.compile("^Accept "))
        for left in range(buttons.count() - 1, -1, -1):
            self.page.locator("form.accept").first.get_by_role("textbox").fill("Checked with payroll, row by row.")
            buttons.first.click()
            expect(buttons).to_have_count(left)

    def open_sample(self) -> None:
        """Opens every row of the sample on the sheet, one after the other."""
        buttons = self.page.get_by_role("button", name=re.compile("^Open row"))
        for left in range(buttons.count() - 1, -1, -1):
            buttons.first.click()
            expect(buttons).to_have_count(left)

    def approve(self, batch: int) -> None:
        """As the last one who is needed: the run begins."""
        self.vote(batch)
        expect(self.page).to_have_url(re.compile(r"/runs/\d+/"))

    def vote(self, batch: int) -> None:
        self.page.goto(f"/batches/{batch}/approval/")
        self.open_sample()
        button = self.page.get_by_role("button", name=re.compile("^Approve"))
        total = re.search(r"([\d,]+) points", button.inner_text()).group(1)
        for box in self.page.get_by_role("checkbox").all():
            box.check()
        self.page.get_by_label("Type the total points").fill(total)
        if self.page.get_by_label("Your password").count():
            self.page.get_by_label("Your password").fill(PASSWORD)
        button.click()

    def wait_for_the_end(self, batch: int) -> None:
        """Looks at the batch until no run is under way."""
        self.page.goto(f"/batches/{batch}/")
        for _ in range(RUNNING // 1000):
            if not self.page.get_by_role("link", name=re.compile("^Watch run")).count():
                return
            paused = self.page.get_by_role("heading", name=re.compile("paused"))
            assert paused.count() == 0, self.page.locator("main").inner_text()[:400]
            self.page.wait_for_timeout(1000)
            self.page.reload()
        raise AssertionError("the run did not end: " + self.page.locator("main").inner_text()[:800])

    def rerun_failed(self, batch: int) -> int:
        """Runs the failed rows again; how many the button named."""
        self.page.goto(f"/batches/{batch}/")
        link = self.page.get_by_role("link", name=re.compile("^Re-run"))
        count = int(re.search(r"([\d,]+)", link.inner_text()).group(1).replace(",", ""))
        link.click()
        self.press("Re-run")
        return count

    def export(self, batch: int, kind: str, *, to: Path) -> Path:
        self.page.goto(f"/batches/{batch}/")
        with self.page.expect_download() as download:
            self.press(f"Export as {kind}")
        download.value.save_as(to)
        return to

    def figures(self, batch: int) -> dict[str, int]:
        """The equation of the batch page: {"credited": 4867, ...}."""
        self.page.goto(f"/batches/{batch}/")
        assert self.page.get_by_text("does not add up").count() == 0
        items = self.page.locator(".eq").first.locator("li:not(.op)").all_inner_texts()
        pairs = [re.match(r"\s*([\d,]+)\s+(.+)", text, re.DOTALL) for text in items]
        return {pair.group(2).strip(): int(pair.group(1).replace(",", "")) for pair in pairs if pair}
