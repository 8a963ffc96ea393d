"""Script in every text that somebody else reads: each page of a portal full of it, and its mails."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.files import File
from django.template.loader import render_to_string
from openpyxl import Workbook

from allocations.domain.policy import Role
from allocations.models import Upload
from allocations.presenters.notices import mail as mail_of
from allocations.services.batches import replace_list
from tests.attacks.addresses import ASKED, operations, pages
from tests.attacks.ground import Ground, body_of, ground, plain, undone
from tests.factories.api import Program, check
from tests.factories.people import known

pytestmark = pytest.mark.django_db
# Out of a text, of an attribute with either quote or none, of a script, a comment, a title, a picture; and templates.
_OUT = "'\"></title><img src=x onerror=zq()><script>zq()</script>"
# Where their texts stand on some page; a text that stands on none would prove nothing.
SHOWN = {
    *("person", "account", "purpose", "header", "file", "name", "remarks", "reference", "faulty", "amount", "email"),
    *("title", "question", "answer", "pause", "reason", "statement", "evidence", "why", "freeze", "note", "token"),
    *("webhook", "said", "path", "detail", "view", "edit"),
}


def hostile(name: str) -> str:
    return f"zq-{name}{_OUT}"


class Reader(HTMLParser):
    """Finds what a browser would run: our scripts and pictures have an address of the portal."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in {"iframe", "object", "embed", "base", "style", "foreignobject"}:
            self.found.append(tag)
        is_data = tag == "script" and named.get("type") == "application/json"
        if tag in {"script", "img"} and not (is_data or (named.get("src") or "").startswith("/static/")):
            self.found.append(f"{tag} {named}")
        self.found += [name for name in named if name.startswith("on") or "zq" in name]
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href"):
            value = (named.get(name) or "").strip().lower()
            if ":" in value.partition("/")[0].partition("?")[0] and not value.startswith(("https://hr.", "#")):
                self.found.append(f"{name}={value}")


def runs(text: str) -> list[str]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def test_reader_finds_what_got_out():
    """The net is tried on what it is to catch."""
    for bad in (f"<p>{_OUT}</p>", f'<input value="{_OUT}">', "<a href='javascript:zq()'>", "<a title=x onclick=zq()>"):
        assert runs(bad), bad
    assert runs('<script src="/static/portal.js" defer></script><a href="/batches/?q=a:b">x</a>') == []


def test_every_page_of_a_hostile_portal_runs_nothing():
    made, found, seen = everything(hostile), [], set()
    client = made.client("maker")
    for one in pages(made):
        for method in ["get"] * (not one.is_action) + ["post"] * one.takes_posts:
            with undone():
                answer = getattr(client, method)(one.path)
            text = body_of(answer).decode(errors="replace")
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            seen |= set(re.findall(r"zq-(\w+)", text))
            if bad := runs(text):
                found.append((one, method, bad))
    assert (found, SHOWN - seen) == ([], set())


def everything(text) -> Ground:
    """With a maker who sees all of it in full."""
    made = ground(text)
    for role in Role:
        made.people["maker"].groups.add(Group.objects.get_or_create(name=role.value)[0])
    return made


def test_what_stands_in_an_address_runs_nothing():
    made, found = everything(plain), []
    client = made.client("maker")
    for one in pages(made):
        if not one.is_action and one.batch in {"", "review"}:
            answer = client.get(one.path, dict.fromkeys(ASKED, hostile("asked")))
            text = body_of(answer).decode(errors="replace")
            if answer.headers.get("Content-Type", "").startswith("text/html") and runs(text):
                found.append((one, runs(text)))
    assert found == []


def test_pages_that_say_no_run_nothing():
    made = ground(hostile)
    client = made.client("maker")
    for path in (f"/{_OUT}", f"/batches/1/rows/2/cells/{_OUT}/", f"/batches/1/repair/{_OUT}/x/"):
        assert runs(client.get(path).text) == []
    for name in ("400", "403_csrf", "413", "500"):
        assert runs(render_to_string(f"{name}.html", {"request_id": hostile("id"), "limit": 1})) == []
    sheet = f"/batches/{made.batches['review'].pk}/mapping/"
    assert runs(client.post(sheet, {"column_0": hostile("choice")}).text) == []
    form = {"purpose": hostile("purpose") * 9, "account": hostile("x"), "who": hostile("x"), "pasted": hostile("x")}
    refused = client.post("/batches/new/", form)
    assert (refused.status_code, runs(refused.text)) == (422, [])


def test_workbook_runs_nothing(tmp_path):
    """Names of its sheets, to choose from, and its header."""
    made = ground()
    book, maker = Workbook(), made.people["maker"]
    for at in range(2):
        sheet = book.active if not at else book.create_sheet()
        # What a sheet may be called: no colon, slash, question mark or bracket, and 31 characters.
        sheet.title = f"z{at}'\"><img src=x onerror=zq()>"[:31]
        sheet.append(["Name", "Mobile", "Amount", hostile("header")])
        sheet.append([hostile("name"), "9876501441", 5, ""])
    path = tmp_path / "list.xlsx"
    book.save(path)
    batch = made.batches["review"]
    with path.open("rb") as file:
        replace_list(known(maker), batch_id=batch.pk, file_name=f"{_OUT}.xlsx", content=File(file), kind="file")
    check(batch.pk)
    offers = Upload.objects.filter(batch=batch).first().offers
    text = made.client("maker").get(f"/batches/{batch.pk}/").text
    assert (runs(text), "z0&#x27;" in text, len(offers["sheets"])) == ([], True, 2)


def test_answers_to_programs_are_json_and_nothing_else():
    made = ground(hostile)
    program = Program(made.people["maker"])
    for method, one in operations(made):
        answer = program.send(method, one.path.removeprefix("/api/v1"), None if method == "GET" else {})
        assert re.match(r"application/(problem\+)?json(;|$)", answer.headers["Content-Type"]), one
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_mails_are_plain_text():
    """So nothing in them is run, whatever it says; and none leads anywhere but to the portal."""
    made = ground(hostile)
    for notice in made.people["approver"].notices.all():
        told = mail_of(notice)
        assert re.findall(r"https?://[^/\s]+", told.text) == ["http://testserver"]
    made.client("owner").post("/people/invite/", {"first_name": _OUT, "username": "ravi", "email": "r@portal.example"})
    for one in mail.outbox:
        assert (one.content_subtype, getattr(one, "alternatives", [])) == ("plain", [])
