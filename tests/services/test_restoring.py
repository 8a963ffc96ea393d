"""A backup is put back while points went on: nobody is credited twice (F61, I22, I23)."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from allocations.models import Attempt, Chunk, Installation, Run, TrailEntry
from allocations.services import draining, recovering, reruns, runs
from tests.services.conftest import Portal
from tests.services.test_crash_points import Wrapped, with_client
from tests.services_up.snapshots import Restore

pytestmark = pytest.mark.django_db(transaction=True)

Backup = Callable[[], Restore]


class Memory:
    """A witness that outlives the database, as Redis does."""

    def __init__(self) -> None:
        self.known: dict[UUID, int] = {}

    def note(self, instance: UUID, attempt_id: int) -> None:
        self.known[instance] = max(attempt_id, self.known.get(instance, 0))

    def highest(self, instance: UUID) -> int | None:
        return self.known.get(instance)


@pytest.fixture
def witnessed(portal: Portal) -> Portal:
    return replace(portal, gateway=replace(portal.gateway, witness=Memory()))


def begin(portal: Portal) -> int | None:
    return recovering.begin(
        now=portal.clock(), timing=portal.gateway.timing, why="Restored from a backup.", witness=portal.gateway.witness
    )


def mode() -> tuple[bool, bool]:
    known = Installation.objects.get()
    return known.recovering_since is not None, known.recovered_at is not None


def bulk_calls(portal: Portal) -> int:
    return portal.sim.control.state()["requests"].get("bulk", 0)


def finish(portal: Portal, run: Run) -> None:
    """Everybody has the points once, and the portal knows it."""
    for _ in range(5):
        portal.drain_after(run, minutes=21)
    assert mode() == (False, True)
    assert set(portal.states(run)) == {"credited"}
    assert portal.credited(run) == portal.ledger()
    assert portal.sim.control.state()["violations"] == []


def test_a_restore_is_noticed_and_nobody_is_credited_twice(witnessed: Portal, backup: Backup) -> None:
    """I23: four rows went out after the backup, two had gone before; the restored database believes in two."""
    portal = witnessed
    run = portal.approved_run(rows=6)
    one_call(portal, run)
    restore = backup()
    portal.drain(run)
    assert (run.state, bulk_calls(portal)) == ("settled", 3)
    restore()
    portal.drain(run)
    assert mode() == (True, False)
    assert portal.states(run) == ["credited", "credited", "pending", "pending", "pending", "pending"]
    finish(portal, run)
    assert (run.state, bulk_calls(portal)) == ("settled", 3)
    assert set(run.batch.rows.filter(tries=0).values_list("evidence", flat=True)) == {"look_up"}


def one_call(portal: Portal, run: Run) -> None:
    """Sends the first chunk only."""
    stopped = Wrapped(portal.gateway.client, "allocate", after=lambda: runs.pause_run(portal.maker, run_id=run.pk))
    draining.drain_run(run.pk, gateway=with_client(portal, stopped, worker="one").gateway)
    runs.resume_run(portal.maker, run_id=run.pk)


def test_a_restore_under_a_running_worker_stops_it_before_the_next_call(witnessed: Portal, backup: Backup) -> None:
    """F61: the database is put back while the second call is with EnKash, and its answer finds no attempt."""
    portal = witnessed
    run = portal.approved_run(rows=6)
    recovering.guard(gateway=portal.gateway)
    restore = backup()
    client = Wrapped(portal.gateway.client, "allocate", after=restore, nth=2)
    draining.drain_run(run.pk, gateway=with_client(portal, client, worker="under way").gateway)
    assert (mode(), bulk_calls(portal), Attempt.objects.count()) == ((True, False), 2, 0)
    finish(portal, run)
    assert bulk_calls(portal) == 3


def test_a_restore_begun_by_hand_needs_no_witness(portal: Portal, backup: Backup) -> None:
    run = portal.approved_run(rows=4)
    recovering.guard(gateway=portal.gateway)
    draining.planning.begin_run(run.pk, gateway=portal.gateway)
    restore = backup()
    portal.drain(run)
    restore()
    assert begin(portal) == 2
    finish(portal, run)
    assert bulk_calls(portal) == 2


def test_a_batch_sent_in_the_lost_life_is_looked_up_when_it_is_planned(portal: Portal, backup: Backup) -> None:
    """The backup is older than the start of the run: there is no chunk to mark yet."""
    run = portal.approved_run(rows=4)
    restore = backup()
    portal.drain(run)
    restore()
    assert begin(portal) == 0
    portal.drain_after(run, minutes=19)
    assert (mode(), run.state) == ((True, False), "queued")
    finish(portal, run)
    assert (run.state, bulk_calls(portal)) == ("settled", 2)


def test_a_re_run_in_the_lost_life_is_looked_up_when_it_is_repeated(portal: Portal, backup: Backup) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.drain(portal.approved_run(rows=2))
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["failed", "failed"])
    restore = backup()
    portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert len(portal.ledger()) == 2
    restore()
    begin(portal)
    portal.clock.forward(minutes=21)
    assert recovering.end_if_done(gateway=portal.gateway)
    again = reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    calls = bulk_calls(portal)
    finish(portal, again)
    assert (again.state, bulk_calls(portal)) == ("settled", calls)


def test_a_second_restore_of_the_same_backup_is_noticed_too(witnessed: Portal, backup: Backup) -> None:
    portal = witnessed
    run = portal.approved_run(rows=4)
    recovering.guard(gateway=portal.gateway)
    restore = backup()
    portal.drain(run)
    for _ in range(2):
        restore()
        portal.drain(run)
        assert mode() == (True, False)
        finish(portal, run)


def test_a_restore_to_before_an_earlier_recovery_is_noticed(witnessed: Portal, backup: Backup) -> None:
    """Nothing was sent in the first life after its backup, so no attempt of it tells that it is over."""
    portal = witnessed
    run = portal.approved_run(rows=4)
    recovering.guard(gateway=portal.gateway)
    restore = backup()
    begin(portal)
    portal.drain_after(run, minutes=21)
    assert (portal.drain(run).state, bulk_calls(portal)) == ("settled", 2)
    restore()
    portal.drain(run)
    assert mode() == (True, False)
    finish(portal, run)
    assert bulk_calls(portal) == 2


def test_a_failover_that_loses_the_intent_is_noticed(witnessed: Portal, backup: Backup) -> None:
    """F23: I22 with a witness: the row is pending and was sent."""
    portal = witnessed
    run = portal.approved_run(rows=2)
    lose_the_intent(portal, run, backup)
    assert (mode(), portal.states(run)) == ((True, False), ["pending", "pending"])
    finish(portal, run)
    assert bulk_calls(portal) == 1


def test_a_failover_that_loses_the_intent_unnoticed_ends_as_a_conflict(portal: Portal, backup: Backup) -> None:
    """F23: I22 without a witness: EnKash refuses the reference, no attempt of ours explains it, people see it."""
    run = portal.approved_run(rows=2)
    lose_the_intent(portal, run, backup)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("attention", ["conflict", "conflict"])
    assert len(portal.ledger()) == 2


def lose_the_intent(portal: Portal, run: Run, backup: Backup) -> None:
    """The last commit before the call is gone when the call returns."""
    kept: list[Restore] = []
    real = portal.gateway.client

    def lose() -> None:
        kept[0]()

    before = Wrapped(real, "token", after=lambda: kept.append(backup()))
    client = Wrapped(before, "allocate", after=lose)
    draining.drain_run(run.pk, gateway=with_client(portal, client, worker="failed over").gateway)
    portal.clock.forward(minutes=6)


def test_the_trail_tells_begin_and_end(witnessed: Portal, backup: Backup) -> None:
    portal = witnessed
    run = portal.approved_run(rows=2)
    recovering.guard(gateway=portal.gateway)
    restore = backup()
    portal.drain(run)
    restore()
    finish(portal, run)
    told = TrailEntry.objects.filter(object_type="installation").values_list("event", "data__why")
    assert list(told) == [("recovery began", recovering.WITNESS), ("recovery ended", None)]
    assert not Chunk.objects.filter(must_look_up=True).exists()
