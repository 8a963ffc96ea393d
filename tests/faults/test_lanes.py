"""Real workers on several lanes of one account: EnKash never sees more calls at a time than lanes."""

import pytest

from allocations.models import Account, Attempt, Chunk, Lane
from rewards_portal.supervisor.tree import kill_session
from tests.faults.conftest import Field, settled, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def open_lanes(field: Field, lanes: int) -> None:
    account = Account.objects.get()
    Lane.objects.bulk_create(Lane(account=account, number=number) for number in range(2, lanes + 1))
    field.sim.control.change(lanes=lanes)


@pytest.mark.parametrize(("workers", "lanes"), [(2, 1), (3, 4), (8, 8)])
def test_workers_share_the_lanes_and_send_every_chunk_once(field: Field, workers: int, lanes: int) -> None:
    run = field.approved_run(rows=40 * lanes)
    open_lanes(field, lanes)
    # Long enough a call for all who may to be at it together.
    field.sim.control.change(latency=0.4)
    for _ in range(workers):
        field.worker()
    wait_until(settled(run), seconds=120)
    field.assert_books_agree(run)
    assert Attempt.objects.count() == Chunk.objects.count() == 4 * lanes
    state = field.sim.control.state()
    # V10 would stand among the violations.
    assert state["violations"] == []
    assert 1 < state["peak_in_flight"] <= lanes or lanes == 1


def test_lanes_of_killed_workers_are_free_after_their_leases(field: Field) -> None:
    field.sweeper()
    run = field.approved_run(rows=200)
    open_lanes(field, 4)
    field.sim.control.change(latency=0.2)
    first, second = field.worker(), field.worker()
    wait_until(lambda: Attempt.objects.count() >= 4)
    for worker in (first, second):
        kill_session(worker.pid)
    for _ in range(2):
        field.worker()
    wait_until(settled(run), seconds=120)
    field.assert_books_agree(run)
    assert field.sim.control.state()["violations"] == []
