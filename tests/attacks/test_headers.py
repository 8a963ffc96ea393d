"""Texts of people and of requests in headers: of answers, of mails, and in links that are made from a Host header."""

import re

import pytest
from django.core import mail
from django.test import Client

from allocations.presenters.notices import mail as mail_of
from allocations.services.exceptions import open_evidence
from tests.attacks.ground import body_of, ground
from tests.factories.people import PASSWORD, known, person
from tests.rewards_portal.sign_in.conftest import Postman, with_password

pytestmark = pytest.mark.django_db
_SPLIT = (
    'x\r\nSet-Cookie: sid=evil\r\n\r\n<script>zq()</script>\nBcc: evil@evil.example\x00\u202egnp."; filename="y.html'
)
HOSTS = [
    "evil.example",
    "testserver.evil.example",
    "testserver@evil.example",
    "evil.example:testserver",
    "testserver:80@evil.example",
    "testserver, evil.example",
    "testserver evil.example",
    "testserver\tevil.example",
    "testserver:evil",
    "[::1]evil.example",
    "",
    "..",
    "testserver/evil",
    "xn--testserver-0ob",
    "ｔｅｓｔｓｅｒｖｅｒ",
]


@pytest.fixture
def asha(monkeypatch):
    monkeypatch.setattr("rewards_portal.sign_in.adapter._POSTMAN", Postman())
    return with_password(person("owner", username="asha", email="asha@portal.example"))


def split(answer) -> bool:
    """Whether a text got out of its own header."""
    headers = "".join(f"{name}{value}" for name, value in answer.headers.items())
    return any(mark in headers for mark in "\r\n\0") or "sid=evil" in str(answer.cookies)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/login/", "/password/reset/", "/health/", "/nothing/", "/api/v1/batches"])
def test_host_that_is_not_ours_is_refused(host, path):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path, HTTP_HOST=host)
        # The health of a process is asked for under whatever name.
        assert answer.status_code == 400 or path == "/health/", (method, answer.status_code)
        assert "evil" not in answer.text + str(answer.headers)


FORGED = [
    {"HTTP_HOST": "testserver:666"},
    {"HTTP_HOST": "localhost"},
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_PORT": "666"},
    {"HTTP_X_FORWARDED_PROTO": "gopher"},
    {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_HOST": "evil.example", "HTTP_X_ORIGINAL_URL": "//evil.example/", "HTTP_X_REWRITE_URL": "//evil.example/"},
    {"SCRIPT_NAME": "//evil.example"},
]


@pytest.mark.parametrize("forged", FORGED, ids=" ".join)
def test_link_to_a_password_leads_to_the_portal_whatever_the_request_says(asha, settings, forged):
    """Whoever asks for somebody else's new password chooses the headers; the link is worth that person's account."""
    settings.PORTAL_URL = "https://rewards.portal.example"
    Client().post("/password/reset/", {"email": asha.email}, **forged)
    assert re.findall(r"\w+://[^/\s]+", mail.outbox[0].body) == ["https://rewards.portal.example"]
    inside = ground().client("owner")
    sent = {"first_name": "Ravi", "username": "ravi", "email": "ravi@portal.example", "roles": ["admin"]}
    shown = inside.post("/people/invite/", sent, **forged)
    links = re.findall(r"(\w+://[^/\s]+)/\S*password/reset/key/", shown.text)
    assert set(links) == {"https://rewards.portal.example"}


def test_names_of_downloads_keep_to_their_header():
    # A NUL comes in no name of a file: Django takes it out, and PostgreSQL would not keep it.
    split_name = _SPLIT.replace("\0", "")
    made = ground(lambda name: f"{name} {split_name}" if name == "evidence" else f"Some {name}")
    client = made.client("maker")
    answer = client.post(f"/decisions/{made.numbers['proposal_id']}/evidence/")
    assert (answer.status_code, split(answer)) == (200, False)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["Content-Disposition"].count("filename=") <= 1
    assert (answer.headers["Content-Type"], body_of(answer)) == ("application/octet-stream", b"as EnKash says")
    proposal, _ = open_evidence(known(made.people["auditor"]), proposal_id=made.numbers["proposal_id"])
    assert "script" in proposal.file_name


def test_texts_of_people_and_requests_split_no_header():
    """Whatever a page takes from an address or a form; a name of a request that came along is not used."""
    made = ground()
    client = made.client("maker", HTTP_X_REQUEST_ID=_SPLIT, HTTP_REFERER=f"http://testserver/{_SPLIT}")
    batch = made.batches["review"].pk
    for method, path, sent in (
        ("get", "/search/", {"q": _SPLIT}),
        ("get", "/batches/", {"q": _SPLIT, "state": _SPLIT}),
        ("post", "/search/views/", {"name": _SPLIT, "state": "failed", "purpose": _SPLIT}),
        ("post", "/search/export/", {"q": _SPLIT, "kind": "csv"}),
        ("post", f"/batches/{batch}/export/", {"kind": _SPLIT}),
        ("post", "/reports/export/", {"table": "months", "kind": "csv", "account": _SPLIT}),
        ("post", f"/batches/{batch}/leave-out/?show={_SPLIT.encode().hex()}%0d%0aX:y", {"number": "2"}),
        ("post", f"/batches/{made.batches['approved'].pk}/exceptions/?owner=%0d%0aX:y", {"row": "4", "act": "take"}),
        ("post", "/accounts/", {"name": _SPLIT}),
        ("get", "/known/", {"next": _SPLIT}),
    ):
        answer = getattr(client, method)(path, sent)
        assert (answer.status_code < 500, split(answer)) == (True, False), path
        body_of(answer)
        assert "evil" not in answer.headers["X-Request-Id"]


def test_subjects_of_mails_are_one_line(asha, settings, monkeypatch):
    """A purpose with a line break is refused at every door; one that got in some other way splits nothing."""
    made = ground()
    notice = made.people["maker"].notices.first()
    type(notice.batch).objects.filter(pk=notice.batch_id).update(purpose="Diwali\r\nBcc: evil@evil.example")
    notice.batch.refresh_from_db()
    told = mail_of(notice)
    assert not {"\r", "\n"} & set(told.subject)
    settings.EMAIL_HOST = "mail.invalid"
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", lambda _self: True, raising=False)
    client = made.client("owner")
    sent = {"first_name": _SPLIT, "last_name": _SPLIT, "username": "ravi", "email": "ravi@portal.example"}
    client.post("/people/invite/", sent | {"roles": ["admin"]})
    for one in mail.outbox:
        assert (one.message()["Subject"].count("\n"), one.to, one.bcc) == (0, ["ravi@portal.example"], [])
    assert len(mail.outbox) <= 1


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: e@evil.example", "a@b.example,e@evil.example", "a@b.example e@evil.example", "a@b\0.example"],
)
def test_address_of_a_mail_is_one(asha, address):
    Client().post("/password/reset/", {"email": address})
    made = ground()
    sent = {"first_name": "Ravi", "username": "ravi", "email": address, "roles": ["admin"], "password": PASSWORD}
    assert made.client("owner").post("/people/invite/", sent).status_code == 422
    assert mail.outbox == []
