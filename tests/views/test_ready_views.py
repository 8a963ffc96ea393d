from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from allocations.models import ApprovalPolicy
from allocations.services.exporting import record_bundles, record_export
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.decisions import open_proposal
from tests.factories.lists import NOW
from tests.factories.people import actor, person
from tests.factories.runs import VoteFactory

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 15, 6, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


def view(client, name: str = "", **query) -> str:
    return client.get(reverse("allocations:ready-views"), {"view": name, **query}).text


def test_late_approval_leads_to_its_batch(auditor):
    batch = submitted_batch(rows=3)
    approver = person("approver")
    VoteFactory(batch=batch, voted_by=approver, voted_at=SUNDAY)
    text = view(auditor)
    assert f"{approver.get_full_name()} approved 3 rows, 1,500 points, on a Sunday" in text
    assert f'<a href="/batches/{batch.pk}/">Batch {batch.pk}, Diwali 2026</a>' in text
    assert "15 Nov 2026, 11:30 IST" in text
    assert "There is nothing of this kind" in view(auditor, "late", year=2025)


def test_approval_soon_after_ones_own_policy_is_listed(auditor):
    approver, other = person("approver", "owner"), person("approver")
    changed = {"state": "confirmed", "note": "Fewer eyes.", "proposed_at": SUNDAY, "decided_at": SUNDAY}
    ApprovalPolicy.objects.create(number=2, proposed_by=approver, decided_by=person("owner"), **changed)
    ApprovalPolicy.objects.create(number=3, proposed_by=person("owner"), decided_by=other, **changed)
    day = timedelta(days=1)
    for voter, at in ((approver, SUNDAY + day), (other, SUNDAY + 2 * day), (other, SUNDAY + 3 * day)):
        VoteFactory(batch=submitted_batch(rows=3), voted_by=voter, voted_at=at)
    VoteFactory(batch=submitted_batch(rows=3), voted_by=approver, voted_at=SUNDAY - day)
    text = view(auditor, "own-policy")
    name = approver.get_full_name()
    assert f"{name} approved 3 rows, 1,500 points, after they had proposed policy 2, in force since 15 Nov" in text
    assert f"{other.get_full_name()} approved 3 rows, 1,500 points, after they had confirmed policy 3" in text
    assert text.count(" approved 3 rows") == 2


def test_without_a_policy_nobody_approved_under_their_own(auditor):
    VoteFactory(batch=submitted_batch(rows=3), voted_at=SUNDAY)
    assert "There is nothing of this kind" in view(auditor, "own-policy")


def test_decision_leads_to_its_rows(auditor):
    batch = approved_batch(run_state="attention", unknown=7)
    proposal = open_proposal(rows=list(batch.rows.all()))
    proposal.state, proposal.decided_by, proposal.decided_at = "confirmed", person("approver"), NOW
    proposal.save()
    text = view(auditor, "closed")
    assert f"7 rows closed as credited: proposed by {proposal.proposed_by.get_full_name()}" in text
    assert f'<a href="/decisions/{proposal.pk}/">Decision {proposal.pk}</a>' in text
    assert [f'<a href="/batches/{batch.pk}/rows/{number}/">row {number}</a>' in text for number in (2, 6, 7)] == [
        True,
        True,
        False,
    ]


def test_what_was_taken_out_in_full_names_who_what_and_why(auditor):
    batch, who = approved_batch(credited=1), actor("auditor")
    record_export(
        who,
        batch_id=batch.pk,
        kind="xlsx",
        rows=1,
        points=500,
        sha256="ab" * 32,
        outcome="all",
        personal_data="in full",
    )
    record_bundles(who, [batch.pk], sha256="cd" * 32, personal_data=True, reason="Tax audit <2026>")
    text = view(auditor, "in-full")
    assert "took 1 row as XLSX out with personal data in full" in text
    assert "took a signed bundle out with personal data in full, because “Tax audit &lt;2026&gt;”" in text


def test_exported_search_is_told_with_its_filter_and_without_its_words(auditor):
    batch = approved_batch(credited=2, failed=1)
    mobile = batch.rows.first().mobile
    for asked in ({"state": "failed", "purpose": "Diwali"}, {"q": mobile}):
        auditor.post(reverse("allocations:search-export"), asked).getvalue()
    text = view(auditor, "exports")
    assert "exported 1 row, 500 points: state failed, purpose Diwali" in text
    assert "exported 1 row, 500 points: words read as mobile, id" in text
    assert 'href="/search/?state=failed&amp;purpose=Diwali">The same filter</a>' in text
    assert (text.count("The same filter"), mobile in text) == (1, False)


def test_views_are_paged(auditor, monkeypatch):
    monkeypatch.setattr("allocations.selectors.ready_views.late_approvals.__kwdefaults__", {"size": 1})
    votes = [VoteFactory(batch=submitted_batch(rows=1), voted_at=SUNDAY) for _ in range(2)]
    first = view(auditor, "late", year=2026)
    assert f'href="?view=late&amp;year=2026&amp;before={votes[1].pk}">Older ones' in first
    last = view(auditor, "late", year=2026, before=votes[1].pk)
    assert (f"Batch {votes[0].batch_id}," in last, "Older ones" in last, "First page" in last) == (True, False, True)


def test_nonsense_shows_the_first_view_and_the_search_leads_to_all(auditor):
    assert "<h1>Approved outside office hours</h1>" in view(auditor, "nonsense", year="x", before="-")
    text = auditor.get(reverse("allocations:search")).text
    for query in ("ready/?view=late", "ready/?view=closed", "ready/?view=in-full", "ready/?view=exports", "?first=1"):
        assert f'href="/search/{query}"' in text
