"""The page of API tokens: made and shown once, revoked, and the reference of what they open."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from allocations.actors import note_proof
from allocations.models import ApiToken
from tests.factories.api import BASE, token_for
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NEW = {"name": "Payroll", "days": "30", "scopes": ["read", "write"]}


def test_token_is_shown_once_and_works(client) -> None:
    client.force_login(person("admin"))
    made = client.post("/api/tokens/new/", NEW)
    text = next(word for word in made.text.replace("<", " ").replace(">", " ").split() if word.startswith("rpt_"))
    assert client.get(f"{BASE}/accounts", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    page = client.get("/api/").text
    assert ("Payroll" in page, text in page, f"{text[:12]}…" in page) == (True, False, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Name the program that uses the token"),
        ({"days": "366"}, "365 days at most"),
        ({"days": "soon"}, "This is no number"),
        ({"scopes": []}, "None chosen"),
        ({"scopes": ["approve"]}, "There is no such scope"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(client, change, said) -> None:
    client.force_login(person("admin"))
    answer = client.post("/api/tokens/new/", NEW | change)
    assert (answer.status_code, said in answer.text, ApiToken.objects.count()) == (422, True, 0)


def test_whoever_makes_one_shows_first_who_they_are() -> None:
    plain = Client()
    plain.force_login(person("admin"))
    assert (
        plain.get("/api/tokens/new/").url.startswith("/accounts/reauthenticate")
        or "next=" in plain.get("/api/tokens/new/").url
    )
    session = plain.session
    note_proof(session, person("admin"), "password", at=timezone.now())
    assert ApiToken.objects.count() == 0


def test_token_is_revoked(client) -> None:
    user = person("admin")
    token, text = token_for(user)
    client.force_login(user)
    assert client.post(f"/api/tokens/{token.pk}/revoke/").url == "/api/"
    assert client.get(f"{BASE}/accounts", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    assert "revoked" in client.get("/api/").text


def test_owners_see_and_revoke_those_of_others(client) -> None:
    token, _ = token_for(person("admin", first_name="Meera"))
    client.force_login(person("admin"))
    assert "Meera" not in client.get("/api/").text
    assert client.post(f"/api/tokens/{token.pk}/revoke/").status_code == 403
    client.force_login(person("owner"))
    assert "Meera" in client.get("/api/").text
    client.post(f"/api/tokens/{token.pk}/revoke/")
    assert "Meera" not in client.get("/api/").text


def test_reference_names_every_operation(client) -> None:
    client.force_login(person("auditor"))
    page = client.get("/api/reference/").text
    document = json.loads(client.get("/api/openapi.json").content)
    missing = [path for path in document["paths"] if path not in page]
    links = {part.split('"')[0] for part in page.split('href="#shape-')[1:]}
    dead = [name for name in links if f'id="shape-{name}"' not in page]
    assert (missing, dead, "shape-NewRow" in page, "shape-Older" in page) == ([], [], True, False)


def test_only_who_makes_tokens_finds_the_way(client) -> None:
    for role, finds in (("admin", True), ("auditor", True), ("owner", True), ("approver", False)):
        client.force_login(person(role))
        assert ('href="/api/"' in client.get("/batches/").text) is finds
