"""PostgreSQL: lanes of a run do not wait for each other, and whoever changes the run is not overlooked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from allocations.domain.canary import Canary
from allocations.models import Attempt, Run
from allocations.services import draining, leases, locks, planning, runs
from tests.services.conftest import Portal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def run(portal: Portal) -> Run:
    """Under way, one chunk credited, two to go. Who waits for a lock fails."""
    run = portal.approved_run(rows=6)
    planning.begin_run(run.pk, gateway=portal.gateway)
    work(portal, run)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")
    return run


def work(portal: Portal, run: Run) -> None:
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert claim
    draining.work_on(claim, gateway=portal.gateway)
    leases.release(claim)


@contextmanager
def held(table: str) -> Iterator[None]:
    """Somebody else has changed the one row of the table and has not committed yet."""
    holds, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} FOR NO KEY UPDATE")
            holds.set()
            may_go.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(30)
    try:
        yield
    finally:
        may_go.set()
        thread.join()


def test_an_intent_is_not_written_while_the_run_is_being_changed(portal: Portal, run: Run) -> None:
    with held("allocations_run"):
        work(portal, run)
    assert Attempt.objects.count() == 1
    assert portal.states(run) == ["credited"] * 2 + ["pending"] * 4
    portal.drain(run)
    assert (run.state, Attempt.objects.count()) == ("settled", 3)


def test_an_answer_is_applied_while_the_run_is_being_changed(portal: Portal, run: Run, monkeypatch) -> None:
    real = draining.sending.answering.apply_kept

    def applied(*args, **options) -> None:
        with held("allocations_run"):
            real(*args, **options)

    monkeypatch.setattr(draining.sending.answering, "apply_kept", applied)
    work(portal, run)
    assert portal.states(run) == ["credited"] * 4 + ["pending"] * 2


def test_intents_of_an_account_come_one_after_another(portal: Portal, run: Run) -> None:
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert claim
    with held("allocations_account"), pytest.raises(Exception, match="lock timeout"):
        draining.work_on(claim, gateway=portal.gateway)
    assert Attempt.objects.count() == 1


def test_a_pause_waits_for_the_intent_that_came_first(portal: Portal, run: Run) -> None:
    with transaction.atomic():
        assert runs.read_steady(run.pk) == run

        def pause() -> None:
            runs.pause_run(portal.maker, run_id=run.pk)
            connection.close()

        thread = threading.Thread(target=pause)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(30)
    run.refresh_from_db()
    assert run.state == "paused"


def test_a_run_is_concluded_while_its_account_and_batch_are_locked(portal: Portal, run: Run) -> None:
    with held("allocations_account"), held("allocations_batch"):
        runs.conclude_if_done(run.pk, gateway=portal.gateway)
    run.refresh_from_db()
    assert run.state == "running"


def test_a_long_list_is_planned_while_another_run_of_the_account_sends(
    portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = portal.approved_run(rows=2)
    real = planning.plan_chunks

    def send() -> None:
        work(portal, run)
        connection.close()

    def plan_chunks(planned: Run) -> Canary:
        thread = threading.Thread(target=send)
        thread.start()
        thread.join(5)
        assert portal.states(run) == ["credited"] * 4 + ["pending"] * 2
        return real(planned)

    monkeypatch.setattr(planning, "plan_chunks", plan_chunks)
    planning.begin_run(other.pk, gateway=portal.gateway)
    other.refresh_from_db()
    assert other.state == "running"


def test_a_worker_writes_the_trail_of_a_batch_that_is_locked(portal: Portal, run: Run) -> None:
    def send() -> None:
        work(portal, run)
        connection.close()

    with transaction.atomic():
        locks.locked_batch(run.batch_id)
        thread = threading.Thread(target=send)
        thread.start()
        thread.join(5)
        assert portal.states(run) == ["credited"] * 4 + ["pending"] * 2
