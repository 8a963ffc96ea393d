"""Every page in its main states, brought about by real journeys and shown to whoever looks: the camera, or axe."""

import csv
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from io import StringIO
from pathlib import Path
from typing import Protocol
from urllib.request import Request, urlopen

from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from allocations.enkash.simulator.demo import CARD_ACCOUNT_ID
from tests.e2e.api_tour import look_after_programs
from tests.e2e.audit_tour import look_into
from tests.e2e.persons import READING, RUNNING, Person
from tests.e2e.reversal_tour import take_points_back
from tests.e2e.stack import PASSWORD, Stack

# A list of its own: a reference that another journey has used is refused.
# Not a seed of the journeys: client references are used only once, and tests share one running product.
_SEED = 7
_LONG = "Venkata Satyanarayana Lakshmi Narasimha Rao Kondaveeti"
_STRANGE = "Employee,Phone no,Reward,City\nAsha Rao,9876501234,700,Pune\nZubin Mistry,9867055501,500,Nashik\n"
_PEOPLE = (
    ("Asha Rao", "9876501234", "700"),
    ("प्रियंका चतुर्वेदी", "9820441765", "500"),
    ("முத்துலட்சுமி சண்முகசுந்தரம்", "9444017263", "500"),
    (_LONG, "9848022338", "1200"),
    ("Zubin Mistry", "9867055501", "250"),
)


class Rank(Enum):
    """MAIN: also looked at in the dark and on a phone. EXTRA: checked, but no picture is kept."""

    MAIN = auto()
    PLAIN = auto()
    EXTRA = auto()


class Look(Protocol):
    """Called once a page is as it should be seen."""

    def __call__(self, page: Page, name: str, rank: Rank = Rank.PLAIN) -> None: ...


class Tour:
    """One walk through the product; each step leaves the state that the next one needs. `rows`: of its long list."""

    def __init__(self, stack: Stack, browser: Browser, look: Look, *, folder: Path, rows: int) -> None:
        self.stack, self.browser, self.look = stack, browser, look
        self.url, self.folder, self.rows = stack.url, folder, rows
        self.people: list[Person] = []

    def walk(self) -> None:
        self._sign_in()
        self.maker, self.approver = self._person("demo-admin"), self._person("demo-approver")
        self._first_use()
        self._refused_file()
        self._mapping()
        self._sent_back()
        self._repeated()
        self._review()
        self._approval()
        self._run()
        self._ended_run()
        self._outcome()
        self._freeze()
        look_into(self._person("demo-auditor"), self.batch, see=self._see_audit)
        look_after_programs(self.maker, self._person("demo-owner"), see=self._see_audit)
        take_points_back(self.maker, self.approver, self.batch, see=self._see_reversal)
        self._rest()

    def control(self, command: str, **arguments: object) -> None:
        """POST to the simulator's control."""
        address = f"{self.stack.variable('ENKASH_API_URL')}/_control/{command}"
        with urlopen(Request(address, data=json.dumps(arguments).encode()), timeout=30) as answer:
            answer.read()

    def _opening(self) -> int:
        """What the account held before the first credit; it moves with what the control takes and adds."""
        return int(json.loads(self.stack.simulator("state"))["opening"][CARD_ACCOUNT_ID])

    def _person(self, username: str) -> Person:
        self.people.append(Person(self.browser, self.url, username))
        return self.people[-1]

    def _see(self, person: Person, address: str, name: str, rank: Rank = Rank.PLAIN) -> None:
        person.page.goto(address)
        self.look(person.page, name, rank)

    def _see_audit(self, page: Page, name: str, is_main: bool) -> None:
        self.look(page, name, Rank.MAIN if is_main else Rank.PLAIN)

    def _see_reversal(self, page: Page, name: str, is_main: bool) -> None:
        self.look(page, name, Rank.MAIN if is_main else Rank.EXTRA)

    def _sign_in(self) -> None:
        page = self.browser.new_context(base_url=self.url).new_page()
        page.goto("/")
        self.look(page, "sign-in", Rank.MAIN)
        page.get_by_label("User name").fill("demo-admin")
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        self.look(page, "sign-in-refused", Rank.EXTRA)
        for name in ("reset", "reset/done"):
            page.goto(f"/password/{name}/")
            self.look(page, f"password-{name.replace('/', '-')}", Rank.EXTRA)
        page.context.close()

    def _first_use(self) -> None:
        for address, name in (
            ("/", "home"),
            ("/batches/", "batches"),
            ("/approvals/", "approvals"),
            ("/runs/", "runs"),
        ):
            self._see(self.maker, address, f"{name}-empty")
        self._see(self.maker, "/batches/new/", "new-batch-empty", Rank.MAIN)
        self.maker.press("Upload and check")
        expect(self.maker.page.get_by_role("alert").first).to_be_visible()
        self.look(self.maker.page, "new-batch-errors")

    def _upload(self, path: Path, *, purpose: str) -> int:
        """Uploads without waiting; the batch's number."""
        page = self.maker.page
        page.goto("/batches/new/")
        page.get_by_label("Purpose", exact=True).fill(purpose)
        page.get_by_role("radio", name=re.compile("^New and existing")).check()
        page.get_by_label("File", exact=True).set_input_files(path)
        self.maker.press("Upload and check")
        page.wait_for_url(re.compile(r"/batches/\d+/"))
        return int(re.search(r"/batches/(\d+)/", page.url).group(1))

    def _file(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def _refused_file(self) -> None:
        path = self._file("broken.csv", 'Name,Mobile,Points\n"Asha Rao,9876501234,500\n')
        self._upload(path, purpose="Spot awards, Chennai plant")
        expect(self.maker.page.get_by_text("never closed").first).to_be_visible(timeout=READING)
        self.look(self.maker.page, "batch-refused-file")

    def _mapping(self) -> None:
        batch = self._upload(self._file("export.csv", _STRANGE), purpose="Referral bonus, October")
        expect(self.maker.page.locator("#progress")).to_have_count(0, timeout=READING)
        self._see(self.maker, f"/batches/{batch}/mapping/", "mapping")
        page = self.maker.page
        page.get_by_label("Employee", exact=True).select_option("name")
        for header, field in (("Phone no", "mobile"), ("Reward", "amount")):
            page.get_by_label(header, exact=True).select_option(field)
        self.maker.press("Read the list")
        expect(page.get_by_role("button", name=re.compile("^Submit"))).to_be_visible(timeout=READING)
        self.maker.upload(self._file("export-2.csv", _STRANGE), purpose="Referral bonus, November")
        self.look(page, "review-remembered", Rank.EXTRA)

    def _sent_back(self) -> None:
        path = self.folder / "service_awards.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("Name", "Mobile", "Points"), *_PEOPLE])
        batch = self.maker.upload(path, purpose="Long service awards, November")
        self.look(self.maker.page, "review-ready")
        self.maker.submit()
        page = self.approver.page
        page.goto(f"/batches/{batch}/approval/")
        page.get_by_text("Send back with a reason").click()
        page.get_by_label("What should the maker change?").fill("Row 4 left the company in October. Leave it out.")
        self.look(page, "approval-send-back")
        self.approver.press(f"Send batch {batch} back")
        page.wait_for_url(re.compile("/(approvals|batches)/"))
        self._see(self.maker, f"/batches/{batch}/", "review-sent-back")
        self._see(self.maker, f"/batches/{batch}/rows/2/cells/mobile/", "cell", Rank.MAIN)
        self.maker.page.go_back()
        self.maker.submit()

    def _repeated(self) -> None:
        """Three people of the list that waits for approval, and the same points."""
        path = self.folder / "shift_allowance.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("Name", "Mobile", "Points"), *_PEOPLE[:3]])
        batch = self.maker.upload(path, purpose="Shift allowance, November")
        page = self.maker.page
        self.look(page, "review-repeats", Rank.MAIN)
        page.get_by_label("Why do these people get the points again?").fill("The night shift of the Diwali week.")
        self.maker.submit()
        self._see(self.approver, f"/batches/{batch}/approval/", "approval-repeats", Rank.MAIN)

    def _review(self) -> None:
        page = self.maker.page
        call_command("make_sample", rows=self.rows, flaws=True, seed=_SEED, out=self.folder, stdout=StringIO())
        big = next(self.folder.glob("sample-*.xlsx"))
        self.batch = self._upload(big, purpose="Diwali 2026")
        self.look(page, "batch-reading")
        expect(page.get_by_role("button", name=re.compile("^Submit"))).to_be_visible(timeout=READING)
        self.look(page, "review-problems", Rank.MAIN)
        self._edit_in_the_grid()
        self._see(self.maker, f"/batches/{self.batch}/repair/sum/same_person_and_amount/", "repair", Rank.MAIN)
        self._see(self.maker, f"/batches/{self.batch}/corrections/", "corrections")
        self._see(self.maker, f"/batches/{self.batch}/?show=warnings", "review-warnings", Rank.EXTRA)
        self.maker.press("Leave out .* with errors")
        expect(page.get_by_text("They stay listed").first).to_be_visible()
        self._see(self.maker, f"/batches/{self.batch}/?show=left_out", "review-left-out", Rank.EXTRA)
        self.maker.accept_warnings()
        self.look(page, "review-accepted", Rank.EXTRA)
        self.maker.submit()
        self.look(page, "batch-submitted", Rank.EXTRA)

    def _edit_in_the_grid(self) -> None:
        page = self.maker.page
        page.locator("#grid .bad a.edit").first.click()
        page.locator(".cell-edit input[name=text]").fill("?")
        self.maker.press("Save")
        expect(page.locator(".cell-edit .err")).to_be_visible()
        self.look(page, "review-editing", Rank.MAIN)
        page.get_by_role("button", name="Keyboard shortcuts").click()
        self.look(page, "review-keys", Rank.MAIN)
        page.get_by_role("button", name="Close").click()

    def _approval(self) -> None:
        self._see(self.maker, f"/batches/{self.batch}/approval/", "approval-maker")
        self._see(self.approver, "/", "home-approver", Rank.EXTRA)
        self._see(self.approver, "/approvals/", "approvals-waiting")
        page = self.approver.page
        self._question()
        self._see(self.approver, f"/batches/{self.batch}/approval/", "approval-approver", Rank.MAIN)
        self.approver.open_sample()
        self.look(page, "approval-sample", Rank.MAIN)
        expect(page.get_by_text("5 still to tick above")).to_be_visible()
        for box in page.get_by_role("checkbox").all():
            box.check()
        expect(page.get_by_text("still to tick above")).to_be_hidden()
        page.get_by_label("Type the total points").fill("1")
        if page.get_by_label("Your password").count():
            page.get_by_label("Your password").fill(PASSWORD)
        self.approver.press("Approve")
        expect(page.get_by_role("alert").first).to_be_visible()
        self.look(page, "approval-refused", Rank.EXTRA)

    def _question(self) -> None:
        """Asked on the sheet, answered by the maker; the approver has to tick the answer."""
        page, maker = self.approver.page, self.maker.page
        page.goto(f"/batches/{self.batch}/approval/")
        page.get_by_text("Ask a question").click()
        page.get_by_label("What do you want to know from its makers?").fill("Row 7: why so much more than in October?")
        self.look(page, "approval-ask", Rank.EXTRA)
        self.approver.press(f"Ask about batch {self.batch}")
        expect(page.get_by_text("waits for an answer").first).to_be_visible()
        self.look(page, "approval-question", Rank.MAIN)
        page.get_by_text("Take the question back", exact=True).click()
        self.look(page, "approval-take-back", Rank.EXTRA)
        self._see(self.maker, "/", "home-question", Rank.EXTRA)
        maker.get_by_role("link", name="Read and answer").click()
        self.look(maker, "batch-question", Rank.MAIN)
        maker.get_by_label("Your answer").fill("Her award of ten years.\nHR has the letter.")
        self.maker.press("Answer question 1")
        expect(maker.get_by_text("HR has the letter.")).to_be_visible()
        self.look(maker, "batch-answered", Rank.EXTRA)
        page.goto(f"/batches/{self.batch}/approval/")
        page.emulate_media(media="print")
        expect(page.get_by_text("HR has the letter.")).to_be_visible()
        expect(page.get_by_label("What do you want to know from its makers?")).to_be_hidden()
        page.emulate_media(media="screen")

    def _run(self) -> None:
        self.control("settings", latency=1.0)
        self.approver.approve(self.batch)
        page = self.approver.page
        expect(page.get_by_text(re.compile(r"^Chunk ([3-9]|\d\d) of")).first).to_be_visible(timeout=RUNNING)
        self.look(page, "run-running", Rank.MAIN)
        self._see(self.maker, "/", "home-running", Rank.EXTRA)
        self._see(self.maker, "/runs/", "runs-running")
        self.control("faults", kind="drop_after", times=2)
        expect(page.get_by_text("we do not know").first).to_be_visible(timeout=RUNNING)
        self.look(page, "run-unknown")
        self.opening = self._opening()
        self.control("balance", points=90_000)
        expect(page.get_by_text("Paused since").first).to_be_visible(timeout=RUNNING)
        self.look(page, "run-paused")
        self._see(self.maker, "/", "home-paused")
        self.run = re.search(r"/runs/(\d+)/", page.url).group(1)
        self._see(self.maker, f"/runs/{self.run}/cancel/", "run-cancel")

    def _ended_run(self) -> None:
        self.control("settings", latency=0.0)
        self.control("topup", points=self.opening - self._opening())
        self.maker.page.goto(f"/runs/{self.run}/")
        self.maker.press("Resume")
        self.maker.wait_for_the_end(self.batch)
        self._see(self.maker, f"/runs/{self.run}/", "run-ended")
        self._see(self.maker, "/runs/", "runs-ended")

    def _outcome(self) -> None:
        for tab in ("causes", "rows", "files", "votes", "runs"):
            self._see(
                self.maker,
                f"/batches/{self.batch}/?tab={tab}",
                f"batch-outcome-{tab}",
                Rank.MAIN if tab == "causes" else Rank.PLAIN,
            )
        self._see(self.maker, f"/batches/{self.batch}/re-run/", "re-run")
        for state in ("credited", "failed"):
            self.maker.page.goto(f"/batches/{self.batch}/rows/?state={state}")
            self.maker.page.locator("#part tbody th a").first.click()
            expect(self.maker.page.get_by_role("heading", name=re.compile(r"points"), level=1)).to_be_visible()
            self.look(self.maker.page, f"row-{state}", Rank.MAIN if state == "credited" else Rank.PLAIN)
            self.maker.page.get_by_role("link", name="All of this person").click()
            self.maker.page.wait_for_url("**/person/")
            self.look(self.maker.page, f"recipient-{state}", Rank.MAIN if state == "credited" else Rank.EXTRA)
        self._see(self.maker, "/search/?q=as", "search-nothing", Rank.EXTRA)
        self._see(self.maker, "/search/?q=diwali", "search-batches", Rank.EXTRA)
        self._see(self.maker, "/search/?q=asha", "search", Rank.MAIN)
        self._see(self.maker, "/search/?state=credited&from=100", "search-filter", Rank.MAIN)
        self._see(self.maker, "/search/?from=99999", "search-filter-nothing", Rank.EXTRA)
        self._see(self.maker, "/search/ready/", "search-ready")
        self._see(self.maker, f"/batches/{self.batch}/rows/?q=nobody+here", "batch-outcome-no-row", Rank.EXTRA)
        self._see(self.maker, f"/batches/{self.batch}/trail/", "trail")

    def _freeze(self) -> None:
        owner = self._person("demo-owner")
        self._see(owner, "/freeze/", "freeze")
        owner.page.get_by_label("Why").fill("EnKash called: wait until 16:00.")
        owner.press("Freeze all sending")
        expect(owner.page.get_by_text("Frozen since").first).to_be_visible()
        owner.press("Propose to release all sending")
        self._see(self.approver, "/freeze/", "freeze-release", Rank.MAIN)
        self.approver.press("Confirm and release all sending")
        expect(self.approver.page.get_by_text("Nothing is frozen").first).to_be_visible()

    def _rest(self) -> None:
        self._see(self.maker, "/", "home-work", Rank.MAIN)
        self._see(self.maker, "/batches/", "batches", Rank.MAIN)
        self._see(self.maker, "/reports/", "reports", Rank.MAIN)
        self._see(self.maker, "/reports/gift-limit/", "gift-limit", Rank.MAIN)
        self._see(self.maker, "/batches/?q=nothing+like+this", "batches-no-match", Rank.EXTRA)
        self._people()
        self._see(self._person("demo-auditor"), "/audit/", "audit", Rank.MAIN)
        self._see(self.maker, "/notices/", "notices", Rank.MAIN)
        self._see(self.maker, "/security/", "security", Rank.MAIN)
        self._see(self.maker, "/password/", "password", Rank.EXTRA)
        self._see(self.maker, "/security/app/", "security-app", Rank.MAIN)
        self._see(self.maker, "/security/passkeys/add/", "security-passkey", Rank.EXTRA)
        self._see(self.approver, "/batches/new/", "403")
        self._see(self.maker, "/batches/9999/", "404")

    def _people(self) -> None:
        owner = self._person("demo-owner")
        self._see(owner, "/accounts/", "accounts")
        self._see(owner, "/contract/", "contract", Rank.MAIN)
        owner.page.goto("/people/invite/")
        if owner.page.get_by_label("Your password").count():
            owner.page.get_by_label("Your password").fill(PASSWORD)
            owner.press("Go on")
        self._see(owner, "/people/invite/", "people-invite", Rank.MAIN)
        owner.press("Invite this person")
        self.look(owner.page, "people-invite-errors", Rank.EXTRA)
        for label, text in (("First name", "Demo"), ("User name", "new.person"), ("E-mail", "new@demo.invalid")):
            owner.page.get_by_label(label).fill(text)
        owner.page.get_by_label(re.compile("^Admin")).check()
        owner.page.get_by_label(re.compile("^Approver")).check()
        owner.press("Invite this person")
        expect(owner.page.get_by_text("It is shown this once")).to_be_visible()
        self.look(owner.page, "people-link", Rank.EXTRA)
        self._see(owner, "/policies/", "policies")
        self._see(owner, "/policies/new/", "policies-new")
        self._see(owner, "/people/", "people-owner", Rank.EXTRA)
        self._see(self.approver, "/people/", "people", Rank.MAIN)
        owner.page.get_by_role("link", name="Demo", exact=True).click()
        self.look(owner.page, "person", Rank.MAIN)

    def security_complaints(self) -> Iterator[str]:
        """What browsers said about the content security policy."""
        for person in self.people:
            yield from (said for said in person.complaints if "Content Security Policy" in said)
