"""Two browsers at the same moment, each on a connection of its own: exactly one wins, and the other one learns why."""

import html
import re
from collections import Counter
from functools import partial

import pytest
from django.urls import reverse

from allocations.models import Batch, Run, TrailEntry, Vote
from allocations.services import sealing
from allocations.services.submission import submit_batch
from tests.at_once import together
from tests.conftest import KnownClient
from tests.factories.batches import review_batch
from tests.factories.people import PASSWORD, known, person
from tests.factories.policies import agree
from tests.views.test_approvals import approver

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)
# In what order an approver can meet that the list is not what their page showed.
CHANGED = r"nothing is waiting for a decision|The list changed since you opened it|You saw \S+; the batch is (now \S+|being changed)\."


def browser(user) -> KnownClient:
    client = KnownClient()
    client.force_login(user)
    return client


def submitted(maker) -> Batch:
    return submit_batch(known(maker), batch_id=review_batch(ready=2, uploaded_by=maker).pk)


def act(client: KnownClient, name: str, batch: Batch, **fields: object):
    return client.post(reverse(f"allocations:batch-{name}", args=[batch.pk]), fields)


def approve(client: KnownClient, batch: Batch):
    """With the page that was open before the other one acted."""
    seen = {"version": batch.version, "digest": batch.digest, "total": batch.points_total}
    return act(client, "approve", batch, password=PASSWORD, **seen)


def said(answer) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def told(batch: Batch) -> Counter[str]:
    """By event, what the trail has of its decisions; the trail is in one piece."""
    sealing.link_entries()
    numbers = list(TrailEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    events = TrailEntry.objects.filter(batch=batch).values_list("event", flat=True)
    return Counter(event for event in events if event.startswith("batch "))


def outcome(batch: Batch) -> tuple[str, int, int]:
    batch.refresh_from_db()
    return batch.state, Vote.objects.filter(batch=batch).count(), Run.objects.filter(batch=batch).count()


@pytest.fixture
def maker():
    return person("admin")


def test_of_two_approvers_one_approves(maker) -> None:
    clients = [browser(approver()) for _ in range(2)]
    for _ in ROUNDS:
        batch = submitted(maker)
        answers = together(*(partial(approve, client, batch) for client in clients))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        (lost,) = (answer for answer in answers if answer.status_code == 409)
        assert re.search("Already decided: .* approved it|nothing is waiting for a decision", said(lost))
        assert outcome(batch) == ("approved", 1, 1)
        assert told(batch) == {"batch submitted": 1, "batch approved": 1}


def test_both_of_two_who_are_needed_begin_one_run(maker) -> None:
    agree(two_from_rows=1)
    clients = [browser(approver()) for _ in range(2)]
    for _ in ROUNDS:
        batch = submitted(maker)
        answers = together(*(partial(approve, client, batch) for client in clients))
        last = reverse("allocations:run", args=[batch.runs.get().pk])
        first = reverse("allocations:batch-approval", args=[batch.pk])
        assert sorted(answer["Location"] for answer in answers) == sorted([first, last])
        assert outcome(batch) == ("approved", 2, 1)
        assert told(batch) == {"batch submitted": 1, "batch approval given": 1, "batch approved": 1}


def test_an_approval_against_a_withdrawal(maker) -> None:
    checker, owner = browser(approver()), browser(maker)
    for _ in ROUNDS:
        batch = submitted(maker)
        approved, withdrawn = together(partial(approve, checker, batch), partial(act, owner, "withdraw", batch))
        if approved.status_code == 302:
            assert withdrawn.status_code == 409
            assert "only a submitted batch can be withdrawn" in said(withdrawn)
            assert outcome(batch) == ("approved", 1, 1)
            assert told(batch) == {"batch submitted": 1, "batch approved": 1}
        else:
            assert (approved.status_code in {409, 422}, withdrawn.status_code) == (True, 302)
            assert re.search(CHANGED, said(approved))
            assert outcome(batch) == ("review", 0, 0)
            assert told(batch) == {"batch submitted": 1, "batch withdrawn": 1}


def change(client: KnownClient, batch: Batch):
    """Takes the list back, leaves its first row out and submits the rest."""
    withdrawn = act(client, "withdraw", batch)
    return withdrawn, act(client, "leave-out", batch, number=2), act(client, "submit", batch)


def test_an_edit_while_somebody_approves(maker) -> None:
    """Nobody's vote goes to a content that they did not see."""
    checker, owner = browser(approver()), browser(maker)
    for _ in ROUNDS:
        batch = submitted(maker)
        seen, points = batch.digest, batch.points_total
        approved, changes = together(partial(approve, checker, batch), partial(change, owner, batch))
        codes = [answer.status_code for answer in changes]
        if approved.status_code == 302:
            assert codes == [409] * 3
            assert outcome(batch) == ("approved", 1, 1)
            assert (batch.digest, batch.points_total, batch.version) == (seen, points, 1)
            assert told(batch) == {"batch submitted": 1, "batch approved": 1}
        else:
            assert (approved.status_code in {409, 422}, codes) == (True, [302] * 3)
            assert re.search(CHANGED, said(approved))
            assert outcome(batch) == ("submitted", 0, 0)
            assert (batch.digest != seen, batch.points_total < points, batch.version) == (True, True, 2)
            assert told(batch)["batch submitted"] == 2
