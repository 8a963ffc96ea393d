"""Revealing by way of the pages: what each shows before, during and after."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations.models import Reveal, TrailEntry
from allocations.views.step_up import known_page
from tests.factories.batches import approved_batch
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
ASKED = {"cause": "dispute", "words": "Ticket 48211"}


@pytest.fixture
def auditor(client):
    user = person("auditor")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def at(name: str, row) -> str:
    return reverse(f"allocations:{name}", args=[row.batch_id, row.number])


def spaced(mobile: str) -> str:
    return f"{mobile[:5]} {mobile[5:]}"


@pytest.fixture
def row():
    return approved_batch(credited=2).rows.order_by("number").first()


def shows(text: str, row) -> tuple[bool, bool]:
    return spaced(row.mobile) in text or row.mobile in text, row.email in text


def test_a_reveal_shows_the_row_in_full_on_every_page_of_it(auditor, row):
    pages = (at("row", row), at("recipient", row), f"/search/?q={row.reference}", "/search/?state=credited")
    assert {shows(auditor.get(page).text, row) for page in pages} == {(False, False)}
    response = auditor.post(at("row-reveal", row), ASKED)
    assert (response.status_code, response.url) == (302, at("row", row))
    for page in pages:
        answer = auditor.get(page)
        assert shows(answer.text, row) == (True, True), page
        assert 0 < int(answer.headers["Refresh"]) <= 601
    other = row.batch.rows.order_by("number").last()
    assert shows(auditor.get("/search/?state=credited").text, other) == (False, False)


def test_it_ends_by_itself(auditor, row):
    auditor.post(at("row-reveal", row), ASKED)
    past = timezone.now() - timedelta(minutes=11)
    Reveal.objects.update(revealed_at=past, ends_at=past + timedelta(minutes=10))
    answer = auditor.get(at("row", row))
    assert (shows(answer.text, row), "Refresh" in answer.headers) == ((False, False), False)


def test_exports_stay_masked(auditor, row):
    auditor.post(at("row-reveal", row), ASKED)
    batch = auditor.post(reverse("allocations:batch-export", args=[row.batch_id]), {"kind": "csv"}).getvalue().decode()
    search = auditor.post(reverse("allocations:search-export"), {"q": row.reference}).getvalue().decode()
    assert (shows(batch, row), shows(search, row)) == ((False, False), (False, False))


def test_person_page_asks_and_goes_back_to_itself(auditor, row):
    assert 'name="then" value="person"' in auditor.get(at("recipient", row)).text
    response = auditor.post(at("row-reveal", row), {**ASKED, "then": "person"})
    assert response.url == at("recipient", row)


def test_refused_reason_reveals_nothing_and_is_not_repeated(auditor, row):
    response = auditor.post(at("row-reveal", row), {"cause": "asked", "words": f"called from {row.mobile}"})
    assert (response.status_code, row.mobile in response.text) == (422, False)
    assert not TrailEntry.objects.filter(event="personal data revealed").exists()


def test_who_was_not_seen_lately_is_led_to_that_first(client, row):
    client.force_login(person("auditor"))
    session = client.session
    session.pop("proofs", None)
    session.save()
    text = client.get(at("row", row)).text
    assert ("Show who you are first" in text, at("row-reveal", row) in text) == (True, False)
    response = client.post(at("row-reveal", row), ASKED)
    assert (response.status_code, response.url) == (302, known_page(f"/batches/{row.batch_id}/"))
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("role", ["admin", "approver", "owner"])
def test_others_get_neither_form_nor_reveal(client, row, role):
    client.force_login(person(role))
    assert at("row-reveal", row) not in client.get(at("row", row)).text
    assert client.post(at("row-reveal", row), ASKED).status_code == 403
    assert not Reveal.objects.exists()


def test_ready_view_lists_reveals(auditor, row):
    auditor.post(at("row-reveal", row), ASKED)
    text = auditor.get(reverse("allocations:ready-views"), {"view": "reveals"}).text
    assert f"saw row {row.number} in full for 10 minutes. The points went to somebody else, or are in dispute" in text
    assert f'<a href="/search/?q={row.reference}">Row {row.reference}</a>' in text
    assert f'<a href="/batches/{row.batch_id}/">' in text
