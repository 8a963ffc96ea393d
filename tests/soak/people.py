"""Who uses the portal while the weather is bad: a payroll program, approvers, an operator, an owner, an auditor, a reader."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from rewards_portal.supervisor.environment import DEMO_PASSWORD
from tests.soak.pages import Browser, Form, SignedOut
from tests.soak.site import Site

_MOST_AT_ONCE = 4
_LARGE_EVERY = 12
_PAGES = ("/", "/batches/", "/approvals/", "/runs/", "/exceptions/", "/search/?q=98", "/reports/", "/accounts/")
# What a portal answers whose database or Redis is away, and what meets somebody who was quicker.
_FORGIVEN = {409, 422, 503}


@dataclass
class Seen:
    """What happened to them; `wrong` ends the soak as failed."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def did(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1

    def met(self, who: str, error: Exception) -> None:
        with self.lock:
            answer = getattr(error, "response", None)
            if answer is not None and answer.status_code not in _FORGIVEN:
                self.wrong.append(f"{who}: {answer.status_code} {answer.request.method}: {_words(answer.text)}")
            self.refused[f"{who}: {answer.status_code if answer is not None else type(error).__name__}"] += 1

    def took(self, seconds: float) -> None:
        with self.lock:
            self.seconds.append((time.monotonic(), seconds))


Act = Callable[[Browser], None]


def _words(page: str) -> str:
    """What a refusal says, without what every page has around it."""
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())[:300]


class People:
    """Threads that use the portal until they are told to go."""

    def __init__(self, site: Site, *, token: str, account: int, seed: int, seen: Seen) -> None:
        self._site, self._account, self._seen = site, account, seen
        self._chance = random.Random(seed)
        self._api = requests.Session()
        self._api.headers["Authorization"] = f"Bearer {token}"
        self._made = 0
        self._leave, self._no_more = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._program, name="program", daemon=True),
            self._person("demo-approver", self._approve, every=3),
            self._person("demo-approver-2", self._approve, every=4),
            self._person("demo-admin", self._resume, every=4),
            self._person("demo-admin", self._look_again, every=40),
            self._person("demo-owner", self._look_at_contract, every=6),
            self._person("demo-auditor", self._export, every=15),
            self._person("demo-auditor", self._read, every=0.5),
        ]

    def come(self) -> None:
        for thread in self._threads:
            thread.start()

    def make_no_more(self) -> None:
        self._no_more.set()

    def go(self) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join(timeout=120)

    # A program ------------------------------------------------------------------------------------------------

    def _program(self) -> None:
        while not self._leave.wait(1) and not self._no_more.is_set():
            try:
                waiting = self._call("GET", "/batches?state=submitted&limit=50")["items"]
                if len(waiting) + len(self._open_runs()) < _MOST_AT_ONCE:
                    self._give()
            except requests.RequestException as error:
                self._seen.met("program", error)

    def _open_runs(self) -> list[dict[str, Any]]:
        runs = self._call("GET", "/runs?limit=50")["items"]
        return [run for run in runs if run["state"] not in {"settled", "cancelled", "attention"}]

    def _give(self) -> None:
        """A batch from the list to its submission; each request is sent until it is answered, under one key."""
        self._made += 1
        size = 5_000 if self._made % _LARGE_EVERY == 0 else self._chance.randint(20, 400)
        lines = ["name,mobile,amount,email"]
        for number in range(size):
            mobile = f"9{self._chance.randrange(10**9):09}"
            lines.append(f"Soak Person {number},{mobile},{self._chance.randint(1, 5000)},p{mobile}@example.com")
        path = f"/batches/upload?file_name=soak-{self._made}.csv&purpose=Soak+{self._made}&account={self._account}"
        key = f"make-{self._made}"
        batch = self._patiently("POST", path, data="\n".join(lines), headers=self._headers(key, kind="text/csv"))
        number = batch["id"]
        while (batch := self._patiently("GET", f"/batches/{number}"))["state"] == "checking":
            time.sleep(0.5)
        for cause in batch["causes"]:
            body = {"code": cause["code"], "rows": cause["rows"], "reason": "Invented for the soak."}
            self._patiently(
                "POST",
                f"/batches/{number}/accept",
                json=body,
                headers=self._headers(f"accept-{number}-{cause['code']}"),
            )
        self._patiently("POST", f"/batches/{number}/submit", json={}, headers=self._headers(f"submit-{number}"))
        self._seen.did(f"lists of {'5,000' if size == 5_000 else '20 to 400'} rows given")

    def _headers(self, key: str, *, kind: str = "application/json") -> dict[str, str]:
        return {"Idempotency-Key": key, "Content-Type": kind}

    def _patiently(self, method: str, path: str, **more: Any) -> Any:
        """As the example client does: lost answers and a portal that is away are asked again."""
        while True:
            try:
                return self._call(method, path, **more)
            except requests.HTTPError as error:
                if error.response.status_code not in {429, 500, 502, 503, 504} and self._is_over(error):
                    raise
                self._seen.met("program", error)
            except requests.RequestException as error:
                self._seen.met("program", error)
            if self._leave.wait(1):
                raise requests.ConnectionError("told to go")

    def _is_over(self, error: requests.HTTPError) -> bool:
        """A request whose process died keeps its key for a while; then it is carried out."""
        return "Idempotency-Key" not in error.response.text

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._api.request(method, f"{self._site.url}/api/v1{path}", timeout=60, **more)
        answer.raise_for_status()
        return answer.json()

    # People ---------------------------------------------------------------------------------------------------

    def _person(self, username: str, act: Act, *, every: float) -> threading.Thread:
        who = f"{username} {act.__name__.strip('_')}"

        def live() -> None:
            browser: Browser | None = None
            while not self._leave.wait(every):
                try:
                    browser = browser or Browser(self._site.url, username)
                    act(browser)
                except SignedOut:
                    browser = None
                except requests.RequestException as error:
                    self._seen.met(who, error)
                except Exception as error:  # noqa: BLE001 - told at the end
                    self._seen.wrong.append(f"{who}: {error!r}")

        return threading.Thread(target=live, name=who, daemon=True)

    def _approve(self, browser: Browser) -> None:
        """One batch that waits: every row of its sample is opened, then the total is typed."""
        waiting = sorted(set(re.findall(r"/batches/\d+/approval/", browser.get("/approvals/").text)))
        if not waiting:
            return
        page = self._chance.choice(waiting)
        for form in browser.forms(page, r"/sample/\d+/"):
            browser.send(form)
        for form in browser.forms(page, r"/approve/"):
            browser.send(form, **self._vote(form))
            self._seen.did("approvals")

    def _vote(self, form: Form) -> dict[str, str]:
        found = re.search(r"([\d,]+) points?", form.buttons[0])
        assert found, form.buttons
        return {"total": found.group(1), **({"password": DEMO_PASSWORD} if "password" in form.values else {})}

    def _resume(self, browser: Browser) -> None:
        for run in self._open_runs():
            if run["state"] == "paused":
                for form in browser.forms(f"/runs/{run['id']}/", r"/resume/"):
                    browser.send(form)
                    self._seen.did(f"resumed after {run['pause_code']}")

    def _look_again(self, browser: Browser) -> None:
        """At runs whose look-ups had been given up: EnKash may have found its memory since."""
        for run in self._call("GET", "/runs?limit=50")["items"]:
            if run["state"] == "attention":
                for form in browser.forms(f"/runs/{run['id']}/", r"/resume/"):
                    browser.send(form)
                    self._seen.did("looked at again")

    def _look_at_contract(self, browser: Browser) -> None:
        for form in browser.forms("/contract/", r"/mark/"):
            browser.send(form, reason="EnKash said so.", mark="mended")
            self._seen.did("differences of EnKash's answers marked")

    def _export(self, browser: Browser) -> None:
        batches = sorted(set(re.findall(r"/batches/\d+/", browser.get("/batches/").text)))
        if not batches:
            return
        for form in browser.forms(self._chance.choice(batches), r"/export/")[:1]:
            browser.send(form, kind=self._chance.choice(("csv", "xlsx", "jsonl")))
            self._seen.did("exports")

    def _read(self, browser: Browser) -> None:
        began = time.monotonic()
        browser.get(self._chance.choice(_PAGES))
        self._seen.took(time.monotonic() - began)
