"""The page of the contract: what differs in plain words, who marks it, and the report."""

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations.models import ContractDifference, TrailEntry
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
FIELD = "payload.successBulkEnKashCardCreateDTOs[].enkashCardTxnId"


def difference(**fields) -> ContractDifference:
    now = timezone.now()
    known = {"call": "bulk", "kind": "missing_field", "path": FIELD, "breaking": True, "first_seen": now}
    return ContractDifference.objects.create(**{**known, "last_seen": now, **fields})


@pytest.fixture
def owner(client):
    client.force_login(person("owner"))
    return client


def test_page_tells_what_breaks_first_and_where_it_was_seen(owner) -> None:
    difference(kind="unknown_field", path="payload.loyaltytier", breaking=False, count=7)
    run = approved_batch(credited=1).runs.get()
    difference(run=run, chunk=run.chunks.first(), count=2)
    text = owner.get(reverse("allocations:contract")).text
    assert "What the portal relies on has changed in 1 place" in text
    assert text.index("no longer has the field “enkashCardTxnId”") < text.index("not documented, “loyaltytier”")
    assert f'href="{reverse("allocations:run", args=[run.pk])}"' in text
    for words in ("Breaks", "News", "7 answers", "2 answers", "chunk 1", "EnKash has mended it"):
        assert words in text


def test_page_without_a_difference_says_so(owner) -> None:
    text = owner.get(reverse("allocations:contract")).text
    assert "Nothing is open" in text
    assert "What the portal relies on" not in text


def test_an_owner_marks_and_it_moves_to_those_looked_at(owner) -> None:
    one = difference()
    said = {"mark": "known", "reason": "EnKash announced it on 3 December."}
    answer = owner.post(reverse("allocations:contract-mark", args=[one.pk]), said, follow=True)
    assert "Marked: known, it stays so." in answer.text
    assert "Known, it stays so." in answer.text
    assert "EnKash announced it on 3 December." in answer.text
    assert "Nothing is open" in answer.text
    assert TrailEntry.objects.get(event="difference marked").object_id == one.pk


@pytest.mark.parametrize(("mark", "reason"), [("", "Why."), ("open", "Why."), ("known", "  "), ("known", "x" * 501)])
def test_a_mark_without_a_choice_or_a_reason_is_refused(owner, mark, reason) -> None:
    one = difference()
    answer = owner.post(reverse("allocations:contract-mark", args=[one.pk]), {"mark": mark, "reason": reason})
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.mark == "open"


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_others_read_it_and_are_told_who_marks(client, role) -> None:
    one = difference()
    client.force_login(person(role))
    text = client.get(reverse("allocations:contract")).text
    assert "To mark a difference in EnKash" in text
    assert "EnKash has mended it" not in text
    said = {"mark": "known", "reason": "Why."}
    assert client.post(reverse("allocations:contract-mark", args=[one.pk]), said).status_code == 403


@pytest.mark.parametrize("role", ["owner", "auditor"])
def test_report_goes_out_with_every_difference_and_is_noted(client, role) -> None:
    difference(count=3)
    difference(kind="unknown_text", path="message", detail="wallet of … is dormant", breaking=False)
    client.force_login(person(role))
    answer = client.post(reverse("allocations:contract-export"), {"kind": "csv"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert answer["X-Export-Rows"] == "2"
    assert lines[0].startswith('"Page of the documentation","What EnKash does"')
    assert "Bulk Create And Allocate Rewards" in lines[1]
    assert ('"yes",3,' in lines[1], "wallet of … is dormant" in lines[2]) == (True, True)
    assert TrailEntry.objects.get(event="report exported").data["table"] == "contract"


@pytest.mark.parametrize("kind", ["xlsx", "csv-exact"])
def test_report_without_a_difference_is_a_file_all_the_same(owner, kind) -> None:
    answer = owner.post(reverse("allocations:contract-export"), {"kind": kind})
    assert (answer.status_code, answer["X-Export-Rows"]) == (200, "0")
    assert answer.getvalue()


def test_an_owner_has_a_task_and_the_accounts_lead_to_the_page(owner) -> None:
    approved_batch(credited=1)
    difference()
    home = owner.get(reverse("allocations:home")).text
    assert "1 difference between EnKash" in home
    text = owner.get(reverse("allocations:accounts")).text
    assert reverse("allocations:contract") in text
    assert "(1 open)" in text
