"""A run that begins at the time its maker chose and its approver signed."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from allocations.domain.errors import InvalidInput
from allocations.domain.manifest import digest
from allocations.models import Attempt, Batch, Run, TrailEntry, Vote
from allocations.services import approval, planning, runs, submission, sweeping
from allocations.services.approval import approve_batch
from allocations.services.cancelling import cancel_run
from allocations.services.submission import submit_batch, withdraw_batch
from tests.services.conftest import Portal
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_clock(portal: Portal, monkeypatch) -> None:
    """People's clicks go by the clock that the test moves."""
    for service in (submission, approval, runs):
        monkeypatch.setattr(service, "database_now", portal.clock)


def submitted(portal: Portal, start_at: datetime | None) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk, start_at=start_at)


def approved(portal: Portal, batch: Batch) -> Run:
    return approve_batch(portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def scheduled(portal: Portal, **ahead: float) -> Run:
    return approved(portal, submitted(portal, portal.clock() + timedelta(**ahead)))


def test_a_run_begins_at_its_time_and_not_before(portal: Portal) -> None:
    run = scheduled(portal, hours=2)
    assert run.start_at is not None
    portal.drain_after(run, minutes=119)
    assert (run.state, Attempt.objects.count(), list(sweeping.runs_with_work(portal.clock()))) == ("queued", 0, [])
    portal.clock.forward(minutes=1)
    assert list(sweeping.runs_with_work(portal.clock())) == [run]
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 2)


def test_a_time_that_passed_before_the_approval_means_at_once(portal: Portal) -> None:
    batch = submitted(portal, portal.clock() + timedelta(hours=1))
    portal.clock.forward(hours=1)
    run = approved(portal, batch)
    assert run.start_at is None
    assert portal.drain(run).state == "settled"


def test_the_approver_signs_the_time(portal: Portal) -> None:
    at_once, later = (submitted(portal, start) for start in (None, portal.clock() + timedelta(hours=1)))
    signed = json.loads(later.manifest)
    assert signed["start_at"] == f"{later.start_at:%Y-%m-%dT%H:%M:%SZ}"
    assert json.loads(at_once.manifest)["start_at"] == ""
    assert TrailEntry.objects.get(event="batch submitted", batch=later).data["start_at"] == signed["start_at"]


def test_another_time_than_signed_stops_the_run(portal: Portal) -> None:
    run = scheduled(portal, hours=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=run.batch_id).update(start_at=None)
    remove_triggers(connection)
    Batch.objects.filter(pk=run.batch_id).update(start_at=portal.clock())
    portal.drain_after(run, hours=3)
    assert (run.state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_a_manifest_of_the_first_version_still_verifies(portal: Portal) -> None:
    batch = submitted(portal, None)
    former = json.loads(batch.manifest)
    del former["start_at"], former["manifest_version"]
    text = json.dumps(former, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    Batch.objects.filter(pk=batch.pk).update(manifest=text, digest=digest(text))
    batch.refresh_from_db()
    run = approved(portal, batch)
    assert planning.is_as_approved(run.batch)
    assert portal.drain(run).state == "settled"
    assert Vote.objects.get().digest == digest(text)


def test_pausing_and_resuming_does_not_bring_the_start_forward(portal: Portal) -> None:
    run = scheduled(portal, hours=2)
    runs.pause_run(portal.maker, run_id=run.pk)
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain(run).state, Attempt.objects.count()) == ("queued", 0)


def test_a_scheduled_run_can_be_cancelled_before_its_time(portal: Portal) -> None:
    run = scheduled(portal, days=3)
    cancel_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("settled", ["cancelled"] * 2)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-1), timedelta(days=32)])
def test_a_start_that_is_past_or_far_ahead_is_refused(portal: Portal, ahead: timedelta) -> None:
    batch = portal.review_batch(rows=2)
    with pytest.raises(InvalidInput, match=r"^The start is"):
        submit_batch(portal.maker, batch_id=batch.pk, start_at=portal.clock() + ahead)
    batch.refresh_from_db()
    assert (batch.state, batch.start_at) == ("review", None)


def test_a_withdrawn_batch_forgets_its_start(portal: Portal) -> None:
    batch = submitted(portal, portal.clock() + timedelta(hours=1))
    withdraw_batch(portal.maker, batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.start_at is None
