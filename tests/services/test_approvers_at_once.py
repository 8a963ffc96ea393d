"""Approvers and makers who act in the same moment: one run at most, and no day is filled twice."""

import threading
from contextlib import suppress

import pytest

from allocations.domain.approval_policies import Terms
from allocations.domain.manifest import payload_hash
from allocations.models import Batch, Run, TrailEntry, Vote
from allocations.selectors import row_limits as reads
from allocations.selectors.approval_policies import in_force
from allocations.services.approval import approve_batch
from allocations.services.approval_policies import confirm_policy, propose_policy
from allocations.services.planning import payload_of
from allocations.services.reruns import rerun_failed_rows
from allocations.services.submission import submit_batch, withdraw_batch
from tests.at_once import at_once
from tests.factories.lists import AccountFactory
from tests.factories.people import actor
from tests.factories.policies import agree
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db(transaction=True)


def submitted(portal: Portal, **fields) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=3, **fields).pk)


def approval(batch: Batch, who):
    return lambda: approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def test_two_who_approve_begin_one_run(portal: Portal) -> None:
    batch = submitted(portal)
    said = at_once(approval(batch, portal.approver), approval(batch, actor("approver")))
    assert (said.count("ok"), Run.objects.count(), Vote.objects.count()) == (1, 1, 1)


def test_two_whom_a_batch_needs_begin_one_run(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submitted(portal)
    assert at_once(approval(batch, portal.approver), approval(batch, actor("approver"))) == ["ok"] * 2
    assert (Run.objects.count(), TrailEntry.objects.filter(event="batch approved").count()) == (1, 1)


def test_the_same_person_twice_is_one_of_two(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submitted(portal)
    said = at_once(approval(batch, portal.approver), approval(batch, portal.approver))
    assert (said.count("ok"), Run.objects.count(), Vote.objects.count()) == (1, 0, 1)


def test_the_second_approval_or_the_withdrawal_counts(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submitted(portal)
    approval(batch, portal.approver)()
    said = at_once(approval(batch, actor("approver")), lambda: withdraw_batch(portal.maker, batch_id=batch.pk))
    batch.refresh_from_db()
    assert said.count("ok") == 1
    expected = ("approved", 1) if said[0] == "ok" else ("review", 0)
    assert (batch.state, Run.objects.count()) == expected


def test_two_batches_do_not_both_fill_the_day(portal: Portal) -> None:
    agree(most_points_day=500)
    first, second = submitted(portal), submitted(portal, amount=99)
    said = at_once(approval(first, portal.approver), approval(second, actor("approver")))
    assert (said.count("ok"), Run.objects.count()) == (1, 1)
    assert any("were approved today" in sentence for sentence in said)


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has counted a person's points waits for another one who counts, as long as there can be one."""
    both, real = threading.Barrier(2), reads.first_above

    def counted(*args, **options):
        found = real(*args, **options)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return found

    monkeypatch.setattr(reads, "first_above", counted)


def of_one_person(portal: Portal, amount: int) -> Batch:
    batch = portal.review_batch(rows=1, amount=amount)
    batch.rows.update(mobile="9812345671")
    for row in batch.rows.all():
        batch.rows.update(payload_hash=payload_hash(payload_of(row)))
    return submit_batch(portal.maker, batch_id=batch.pk)


@pytest.mark.usefixtures("side_by_side")
def test_two_batches_of_two_accounts_do_not_both_fill_the_month_of_a_person(portal: Portal) -> None:
    agree(most_points_person_month=500)
    first = of_one_person(portal, 300)
    portal.account = AccountFactory()
    second = of_one_person(portal, 299)
    said = at_once(approval(first, portal.approver), approval(second, actor("approver")))
    assert (said.count("ok"), Run.objects.count()) == (1, 1)
    assert any("would bring this person to 599 points" in sentence for sentence in said)


@pytest.mark.usefixtures("side_by_side")
def test_a_re_run_and_an_approval_do_not_both_fill_the_month_of_a_person(portal: Portal) -> None:
    agree(most_points_person_month=500)
    run = approval(of_one_person(portal, 300), portal.approver)()
    Run.objects.filter(pk=run.pk).update(state="settled", settled_at=portal.clock.now)
    run.batch.rows.update(state="failed", evidence="answer")
    portal.account = AccountFactory()
    batch = of_one_person(portal, 299)
    said = at_once(lambda: rerun_failed_rows(portal.maker, batch_id=run.batch_id), approval(batch, actor("approver")))
    assert (said.count("ok"), Run.objects.count()) == (1, 2)
    assert any("would bring this person to 599 points" in sentence for sentence in said)


def test_two_who_confirm_put_one_policy_in_force() -> None:
    proposal = propose_policy(actor("owner"), terms=Terms(two_from_rows=1), note="More eyes.")
    one, two = actor("owner"), actor("approver")
    said = at_once(
        lambda: confirm_policy(one, policy_id=proposal.pk), lambda: confirm_policy(two, policy_id=proposal.pk)
    )
    assert (said.count("ok"), in_force().number) == (1, 2)
