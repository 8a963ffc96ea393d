"""Redirects and links that would lead away from the portal."""

import pytest
from django.test import Client

from tests.attacks.ground import ground
from tests.factories.batches import submitted_batch
from tests.factories.people import PASSWORD, person
from tests.rewards_portal.sign_in.conftest import with_password

pytestmark = pytest.mark.django_db
AWAY = [
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "http:///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
    "https://testserver:x@evil.example/",
    "https://evil.example\\@testserver/",
    "https://testserver.evil.example/",
    "https://testserver%2eevil.example/",
    "https://[::1]]/",
    "http://testserver\r\nSet-Cookie: x=1",
    "/batches/\r\nSet-Cookie: x=1",
    "//testserver:80@evil.example",
    "ftp://testserver/",
]
NAMES = ("next", "redirect_url", "process", "then", "return", "url")


@pytest.fixture
def asha():
    return with_password(person("admin", username="asha"))


def stays(answer) -> bool:
    """What a browser would make of it: backslashes are slashes to it, tabs and line ends nothing."""
    where = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    seen = where.translate({ord("\\"): "/", **dict.fromkeys(map(ord, "\t\r\n\0"))})
    return "\r" not in where and "\n" not in where and seen[:1] == "/" and seen[:2] != "//"


@pytest.mark.parametrize("away", AWAY)
def test_sign_in_leads_nowhere_else(asha, away):
    for way in ("body", "address"):
        client, body = Client(), {"login": "asha", "password": PASSWORD}
        if way == "body":
            answer = client.post("/login/", body | dict.fromkeys(NAMES, away))
        else:
            answer = client.post("/login/", body, query_params=dict.fromkeys(NAMES, away))
        assert (answer.status_code, stays(answer), answer.cookies.keys() & {"x"}) == (302, True, set())


@pytest.mark.parametrize("away", AWAY)
def test_what_is_behind_the_door_leads_nowhere_else(asha, away):
    """Showing who one is, choosing a password, signing out, and pages of somebody who is inside already."""
    client = Client()
    client.force_login(asha)
    asked = dict.fromkeys(NAMES, away)
    for path in ("/login/", "/login/second/"):
        assert stays(client.get(path, query_params=asked)), path
    shown = client.post("/known/", {"password": PASSWORD} | asked)
    assert (shown.status_code, stays(shown)) == (302, True)
    assert stays(client.get("/known/", query_params=asked))
    for path in ("/password/", "/security/", "/security/codes/new/", "/security/app/"):
        answer = client.get(path, query_params=asked)
        assert answer.status_code == 200 or stays(answer)
        assert "evil.example" not in answer.text, path
    chosen = client.post("/language/", {"language": "hi"} | asked)
    assert (chosen.status_code, stays(chosen)) == (302, True)
    assert stays(client.post("/logout/", asked))


# A browser sends where it was; a page of ours with such an address is a 404, but a 404 all the same.
CAME_FROM = [f"http://testserver{path}" for path in ("//evil.example/x", "/\\evil.example/", "///evil.example")]


@pytest.mark.parametrize("seen", [*CAME_FROM, "https://evil.example/batches/1/", "javascript:alert(1)", "http://["])
def test_page_before_leads_nowhere_else(seen):
    """A refusal offers it, the sign-in and showing who one is come back to it."""
    batch, client = submitted_batch(), Client()
    headers = {"Referer": seen}
    asked = client.post(f"/batches/{batch.pk}/approve/", headers=headers)
    assert asked.url == f"/login/?next=/batches/{batch.pk}/"
    client.force_login(person("auditor"))
    refused = client.post("/accounts/", headers=headers)
    assert (refused.status_code, "evil.example" in refused.text, 'href="/">Go back</a>' in refused.text) == (
        403,
        False,
        True,
    )
    client.force_login(person("owner"))
    step_up = client.post("/people/invite/", headers=headers)
    assert step_up.url in {"/known/?next=%2F", "/known/?next=%2Fpeople%2Finvite%2F"}


def test_form_of_one_page_leads_to_no_other_site():
    """Where a form says to which page it belongs, only pages of ours are known."""
    made = ground()
    client = made.client("maker")
    for path, body in (
        (f"/accounts/{made.numbers['account_id']}/balance/", {"from": "https://evil.example"}),
        ("/search/views/", {"name": "x", "state": "failed", "next": "//evil.example"}),
        (f"/batches/{made.batches['review'].pk}/leave-out/?next=//evil.example", {"number": "2"}),
        (f"/batches/{made.batches['approved'].pk}/exceptions/?batch=//evil.example", {"row": "4", "act": "take"}),
    ):
        answer = client.post(path, body)
        assert (answer.status_code, stays(answer)) == (302, True), path
