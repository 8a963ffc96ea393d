"""The doors to the approval sheet as PDF, on the approval page and on the batch's page."""

import base64
import hashlib

import pytest
from django.urls import reverse

from allocations.models import TrailEntry
from allocations.views import approvals, outcome
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def ask_for(client, batch, **fields):
    return client.post(reverse("allocations:batch-sheet", args=[batch.pk]), fields)


@pytest.mark.parametrize(("fields", "rows"), [({}, "sample"), ({"rows": "sample"}, "sample"), ({"rows": "all"}, "all")])
def test_sheet_is_an_attachment_with_its_own_name_and_hash(client, fields, rows):
    client.force_login(person("approver"))
    batch = submitted_batch()
    answer = ask_for(client, batch, **fields)
    content = answer.getvalue()
    assert (answer.status_code, answer["Content-Type"], content[:5]) == (200, "application/pdf", b"%PDF-")
    assert f'attachment; filename="approval-sheet-{batch.pk}-{rows}-' in answer["Content-Disposition"]
    assert answer["X-Sheet-Rows"] == rows
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@pytest.mark.parametrize(
    ("make", "fields", "status", "said"),
    [
        (review_batch, {}, 409, "it has an approval sheet once it is submitted."),
        (submitted_batch, {"rows": "../all"}, 422, "is not a choice of rows."),
    ],
)
def test_refused_sheet_is_a_sentence_and_no_file(client, make, fields, status, said):
    client.force_login(person("admin"))
    answer = ask_for(client, make(), **fields)
    assert (answer.status_code, said in answer.text, "Content-Disposition" in answer) == (status, True, False)
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_sheet_without_the_token_is_refused(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(person("approver"))
    assert ask_for(client, submitted_batch()).status_code == 403


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_whoever_exports_is_offered_both_and_gets_them(client, role):
    client.force_login(person(role))
    for batch, page in ((submitted_batch(), "batch-approval"), (approved_batch(), "batch")):
        text = client.get(reverse(f"allocations:{page}", args=[batch.pk])).text
        assert ("PDF with the sample" in text, "PDF with all rows" in text) == (True, True)
        answer = ask_for(client, batch, rows="all")
        assert (answer.status_code, answer.getvalue()[:5]) == (200, b"%PDF-")


def test_owners_who_export_nothing_are_offered_no_file(client):
    client.force_login(person("owner"))
    for batch, page in ((submitted_batch(), "batch-approval"), (approved_batch(), "batch")):
        assert "PDF with" not in client.get(reverse(f"allocations:{page}", args=[batch.pk])).text
        assert ask_for(client, batch).status_code == 403


@pytest.mark.parametrize(("module", "page"), [(approvals, "batch-approval"), (outcome, "batch")])
def test_longer_list_is_offered_with_its_sample_only(client, monkeypatch, module, page):
    monkeypatch.setattr(module, "holds_all", lambda batch: False)
    client.force_login(person("approver"))
    text = client.get(reverse(f"allocations:{page}", args=[submitted_batch().pk])).text
    assert ("PDF with the sample" in text, "PDF with all rows" in text) == (True, False)
    assert "A PDF has the rows of a list with up to 5,000 rows; of this one it has the sample." in text
