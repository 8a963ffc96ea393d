"""Several sweepers: one rings, the others stand by, and a dead one is succeeded."""

import signal

import pytest

from allocations.models import Attempt, Chunk, SweeperLease
from tests.faults.conftest import Field, settled, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def owner() -> str:
    return SweeperLease.objects.values_list("owner", flat=True).first() or ""


def test_two_sweepers_and_two_workers_send_every_chunk_once(field: Field) -> None:
    """I18, I19."""
    run = field.approved_run(rows=60)
    for start in (field.sweeper, field.sweeper, field.worker, field.worker):
        start()
    field.assert_everybody_credited(run)
    assert Attempt.objects.count() == Chunk.objects.count() == 6


def test_a_dead_sweeper_is_succeeded(field: Field) -> None:
    first = field.sweeper()
    wait_until(lambda: f":{first.pid}:" in owner())
    second = field.sweeper()
    first.send_signal(signal.SIGKILL)
    wait_until(lambda: f":{second.pid}:" in owner())
    run = field.approved_run(rows=10)
    field.worker()
    wait_until(settled(run))
    field.assert_books_agree(run)
