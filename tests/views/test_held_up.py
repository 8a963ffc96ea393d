"""While sending is frozen, or the portal recovers, no page promises a call."""

import pytest
from django.urls import reverse

from allocations import gateway
from allocations.domain.states import RunState
from allocations.services import freezes, recovering
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.lists import NOW
from tests.factories.people import PASSWORD, actor, person
from tests.factories.reversals import ReversalFactory, reversal_in

pytestmark = pytest.mark.django_db
RELEASED = "when sending is released"


@pytest.fixture
def approver(client):
    user = person("approver")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return user


@pytest.fixture
def frozen():
    return freezes.freeze_sending(actor("owner"), reason="EnKash called")


def do(client, name, number, **data):
    return client.post(reverse(f"allocations:{name}", args=[number]), data, follow=True).text


def test_a_resumed_run_waits_for_the_release(client, approver, frozen):
    run = approved_batch(run_state=RunState.PAUSED, credited=1, pending=2).runs.get()
    text = do(client, "run-resume", run.pk)
    assert f"You resumed the run. The next call begins {RELEASED}." in text
    assert f"It goes on {RELEASED}." in text


def test_a_resumed_run_waits_for_the_recovery(client, approver):
    recovering.begin(now=NOW, timing=gateway.timing(), why="Restored.")
    run = approved_batch(run_state=RunState.PAUSED, credited=1, pending=2).runs.get()
    assert "The next call begins when the recovery has ended." in do(client, "run-resume", run.pk)


def test_an_approved_reversal_waits_for_the_release(client, approver, frozen):
    reversal = ReversalFactory()
    signed = {"digest": reversal.digest, "amount": "200", "password": PASSWORD}
    text = do(client, "reversal-approve", reversal.pk, **signed)
    assert f"You approved taking 200 points back. The call begins {RELEASED}." in text
    assert f"It is sent {RELEASED}." in text


def test_whoever_approves_a_reversal_reads_before_that_it_waits_for_the_release(client, approver, frozen):
    text = client.get(reverse("allocations:reversal", args=[ReversalFactory().pk])).text
    assert f"Once you approve, EnKash is called {RELEASED}." in text


def test_a_resumed_reversal_waits_for_the_release(client, approver, frozen):
    reversal = reversal_in("approved", pause_code="login", pause_text="EnKash refuses our login.")
    assert f"Reversal {reversal.pk} goes on {RELEASED}." in do(client, "reversal-resume", reversal.pk)


def test_an_approved_batch_waits_for_the_release(client, approver, frozen):
    batch = submitted_batch()
    sheet = client.get(reverse("allocations:batch-approval", args=[batch.pk])).text
    assert f"The run begins by itself {RELEASED}" in sheet
    signed = {"version": batch.version, "digest": batch.digest, "total": "1,500", "password": PASSWORD}
    text = do(client, "batch-approve", batch.pk, **signed)
    assert f"The run begins {RELEASED}." in text
    assert f"3 rows wait. The run begins by itself {RELEASED}." in text


def test_what_a_release_lets_go_on_may_wait_for_a_recovery(client, approver, frozen):
    freezes.propose_release(actor("owner"), freeze_id=frozen.pk)
    recovering.begin(now=NOW, timing=gateway.timing(), why="Restored.")
    text = do(client, "freeze-confirm", frozen.pk)
    assert "What was running goes on when the recovery has ended." in text
