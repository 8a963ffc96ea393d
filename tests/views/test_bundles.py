"""Bundles by way of the pages: who gets one, and what the page "Audit" says."""

import io
import zipfile

import pytest

from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def ask(client, role: str, **data):
    client.force_login(person(role))
    return client.post(f"/batches/{approved_batch().pk}/bundle/", data)


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_who_may_export_gets_a_bundle(client, role: str) -> None:
    response = ask(client, role)
    assert response.status_code == 200
    names = zipfile.ZipFile(io.BytesIO(response.getvalue())).namelist()
    assert {"trail.jsonl", "seals.jsonl", "verify_bundle.py", "README.txt", "bundle.json"} <= set(names)


def test_details_of_the_recipients_need_a_reason(client) -> None:
    refused = ask(client, "auditor", personal_data="on")
    assert (refused.status_code, "The reason is empty." in refused.text) == (422, True)
    given = ask(client, "auditor", personal_data="on", reason="yearly audit")
    assert (given.status_code, len(given.getvalue()) > 0) == (200, True)
    assert ask(client, "approver", personal_data="on", reason="curious").status_code == 403


def test_audit_page_is_for_auditors_and_owners(client) -> None:
    for role, status in (("auditor", 200), ("owner", 200), ("admin", 403), ("approver", 403)):
        client.force_login(person(role))
        response = client.get("/audit/")
        assert response.status_code == status
        assert ('href="/audit/"' in client.get("/").text) == (status == 200)


def test_audit_page_offers_bundles_to_those_who_may_export(client) -> None:
    for role, offered in (("auditor", True), ("owner", False)):
        client.force_login(person(role))
        text = client.get("/audit/").text
        assert ("Download the bundle" in text, "you need the role admin, approver or auditor" in text) == (
            offered,
            not offered,
        )


def test_audit_page_says_that_nothing_is_sealed_without_a_key(client) -> None:
    client.force_login(person("auditor"))
    assert "Nothing is sealed: the portal has no key." in client.get("/audit/").text


def test_bundle_of_a_period(client) -> None:
    approved_batch()
    client.force_login(person("auditor"))
    wrong = client.post("/audit/", {"first": "2026-02-02", "last": "2026-02-01"})
    assert (wrong.status_code, "before the first" in wrong.text) == (422, True)
    nothing = client.post("/audit/", {"first": "2001-02-02", "last": "2001-02-03"})
    assert (nothing.status_code, "No batch was approved in these days" in nothing.text) == (422, True)
    response = client.post("/audit/", {"first": "2020-01-01", "last": "2099-01-01"})
    assert (response["Content-Type"], len(response.getvalue()) > 0) == ("application/zip", True)
