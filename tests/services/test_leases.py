from datetime import timedelta

import pytest
from django.db import connection

from allocations.models import Chunk, Lane, Run
from allocations.services import draining, leases, planning
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


def begun(portal: Portal, **fields) -> Run:
    run = portal.approved_run(**fields)
    planning.begin_run(run.pk, gateway=portal.gateway)
    return run


def claim(portal: Portal, run: Run, worker: str = "one") -> leases.Claim | None:
    return leases.claim_next_chunk(run.pk, gateway=portal.as_worker(worker).gateway)


def test_claim_is_exclusive(portal: Portal) -> None:
    run = begun(portal, rows=2)
    held = claim(portal, run)
    assert (held.owner, held.epoch, held.abandoned_at) == ("one", 1, None)
    assert claim(portal, run, "two") is None


def test_claim_needs_a_lane_of_its_own(portal: Portal) -> None:
    run = begun(portal, rows=4)
    claim(portal, run)
    assert claim(portal, run, "two") is None
    portal.account.lanes.create(number=2)
    assert claim(portal, run, "two").chunk_id == run.chunks.get(number=2).pk


def test_claim_takes_over_only_after_the_lease(portal: Portal) -> None:
    run = begun(portal, rows=2)
    held = claim(portal, run)
    portal.clock.now = held.expires_at
    assert claim(portal, run, "two") is None
    portal.clock.forward(microseconds=1)
    taken = claim(portal, run, "two")
    assert (taken.epoch, taken.lane_epoch, taken.abandoned_at) == (2, 2, held.expires_at)


def test_release_of_a_zombie_leaves_the_new_holder_alone(portal: Portal) -> None:
    run = begun(portal, rows=2)
    zombie = claim(portal, run)
    portal.clock.forward(minutes=6)
    claim(portal, run, "two")
    leases.release(zombie)
    assert (Chunk.objects.get().lease_owner, Lane.objects.get().lease_owner) == ("two", "two")
    assert not leases.still_mine(zombie)


def test_release_frees_chunk_and_lane_at_once(portal: Portal) -> None:
    run = begun(portal, rows=2)
    leases.release(claim(portal, run))
    assert claim(portal, run, "two").abandoned_at is None


def test_claim_waits_for_the_run_and_for_the_chunk(portal: Portal) -> None:
    run = begun(portal, rows=2)
    later = portal.clock() + timedelta(minutes=1)
    for waiting in (Run.objects.all(), Chunk.objects.all()):
        waiting.update(next_action_at=later)
        assert claim(portal, run) is None
        waiting.update(next_action_at=None)
    assert claim(portal, run) is not None


@pytest.mark.parametrize("state", ["queued", "paused", "attention", "settled"])
def test_claim_gives_nothing_of_a_run_that_does_not_run(portal: Portal, state: str) -> None:
    run = begun(portal, rows=2)
    Run.objects.update(state=state)
    assert claim(portal, run) is None


def test_claim_gives_the_lane_back_when_the_chunk_is_gone(portal: Portal) -> None:
    run = begun(portal, rows=2)
    lane = leases._claim_lane(portal.account.pk, now=portal.clock(), gateway=portal.gateway)
    chunk = Chunk.objects.get()
    Chunk.objects.update(lease_epoch=9)
    assert leases._claim_chunk(chunk, lane, leases.installation(), now=portal.clock(), gateway=portal.gateway) is None
    portal.clock.forward(microseconds=1)
    assert claim(portal, run).lane_epoch == 2


@pytest.mark.parametrize(("seconds", "enough"), [(0, True), (60, True), (61, False)])
def test_time_for_a_call_ends_before_the_lease_does(portal: Portal, seconds: int, enough: bool) -> None:
    held = claim(portal, begun(portal, rows=2))
    portal.clock.forward(seconds=seconds)
    assert leases.time_for_a_call(held.expires_at, gateway=portal.gateway) is enough


def test_two_lanes_work_side_by_side_and_credit_once(portal: Portal) -> None:
    portal.account.lanes.create(number=2)
    run = begun(portal, rows=6)
    first, second = claim(portal, run, "one"), claim(portal, run, "two")
    for held in (second, first):
        draining.work_on(held, gateway=portal.gateway)
        leases.release(held)
    portal.drain(run)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


def test_the_lane_is_shared_by_all_runs_of_an_account(portal: Portal) -> None:
    first, second = begun(portal, rows=2), begun(portal, rows=2)
    assert claim(portal, first) is not None
    assert claim(portal, second, "two") is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer; IMMEDIATE orders them")
def test_a_lane_that_another_took_meanwhile_is_not_claimed(portal: Portal) -> None:
    begun(portal, rows=2)
    Lane.objects.update(lease_epoch=5, lease_expires_at=portal.clock() + timedelta(minutes=1))
    assert leases._claim_lane(portal.account.pk, now=portal.clock(), gateway=portal.gateway) is None
