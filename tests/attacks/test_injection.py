"""SQL, wildcards and impossible values in every address that lists or searches: nothing breaks, nothing more is found."""

import re

import pytest
from django.http import QueryDict

from tests.attacks.addresses import ASKED, pages
from tests.attacks.ground import body_of, ground, plain
from tests.factories.api import Program

pytestmark = pytest.mark.django_db
SQL = [
    "' OR '1'='1",
    "1) OR (1=1) --",
    "x'; DROP TABLE allocations_row; --",
    "1 UNION SELECT password FROM auth_user",
    "%",
    "_",
    "\\",
    "%(id)s",
    "a\x00b",
    "-1",
    "9" * 30,
    "\u0661",
    "\U0001f4a3" * 50,
    "x" * 5_000,
]
NAMES = (
    *ASKED,
    *("batch", "maker", "approver", "least", "most", "outcome", "limit", "place", "number", "order", "batch__id"),
)


LISTS_OF_ONE = {"batch", "batch-rows", "batch-trail", "recipient"}


def found(text: str) -> set[str]:
    return set(re.findall(r'href="(/batches/\d+/rows/\d+/|/batches/\d+/|/reversals/\d+/)"', text))


def test_nothing_breaks_and_nothing_more_is_found():
    made, broken, more = ground(plain), [], []
    client = made.client("auditor")
    listing = {"batches", "search", "exceptions", "reversals", "runs", "reports", "approvals", "exports", "notices"}
    for one in pages(made):
        if one.name not in listing and not (one.name in LISTS_OF_ONE and one.batch == "approved"):
            continue
        usual = found(body_of(client.get(one.path)).decode(errors="replace"))
        if one.name == "search":
            usual = set()
        for text in SQL:
            answer = client.get(one.path, dict.fromkeys(NAMES, text))
            if answer.status_code >= 500:
                broken.append((one, text, answer.status_code))
            elif found(body_of(answer).decode(errors="replace")) - usual:
                more.append((one, text))
    assert (broken, more) == ([], [])


def test_search_takes_each_name_alone():
    made, broken = ground(plain), []
    client = made.client("auditor")
    for text in SQL:
        for name in ("q", "state", "account", "before", "maker", "purpose", "year"):
            answer = client.get("/search/", {name: text})
            if answer.status_code >= 500 or (name == "q" and found(answer.text)):
                broken.append((name, text, answer.status_code, found(answer.text)))
        answer = client.post("/search/export/", {"q": text, "purpose": text, "kind": "csv"})
        body_of(answer)
        if answer.status_code >= 500:
            broken.append(("export", text, answer.status_code))
    assert broken == []


def test_programs_are_told_that_a_value_is_none():
    made, broken = ground(plain), []
    program = Program(made.people["maker"])
    batch = made.batches["approved"].pk
    everything = len(program.get("/batches").json()["items"])
    for text in SQL:
        query = QueryDict(mutable=True)
        for path, names in (
            ("/batches", ("state", "before", "limit")),
            ("/runs", ("batch", "before", "limit")),
            (f"/batches/{batch}/rows", ("state", "after", "limit")),
            (f"/batches/{batch}/trail", ("after", "limit")),
            ("/batches/upload", ("purpose", "account", "file_name")),
        ):
            for name in names:
                query.clear()
                query[name] = text
                method = "POST" if path.endswith("upload") else "GET"
                answer = program.send(method, f"{path}?{query.urlencode()}", b"{}" if method == "POST" else None)
                if answer.status_code >= 500 or len(answer.json().get("items", [])) > max(everything, 9):
                    broken.append((path, name, text, answer.status_code))
    assert broken == []


def test_door_breaks_at_nothing():
    client = ground(plain).client("maker")
    client.logout()
    for text in SQL:
        for path, name in (("/login/", "login"), ("/login/", "password"), ("/password/reset/", "email")):
            sent = {"login": "maker", "password": "wrong", name: text}
            assert client.post(path, sent).status_code < 500, (path, name, text)
