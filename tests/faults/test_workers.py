"""A worker process is killed, Redis forgets: no row is lost, none is credited twice, the run ends by itself."""

from collections.abc import Callable

import pytest
from redis import Redis

from allocations.models import Row
from rewards_portal.supervisor.tree import kill_session
from tests.faults.conftest import Field, settled, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def credited(rows: int) -> Callable[[], bool]:
    return lambda: Row.objects.filter(state="credited").count() >= rows


def test_run_ends_with_a_worker_and_no_faults(field: Field) -> None:
    field.worker()
    run = field.approved_run(rows=30)
    wait_until(settled(run))
    field.assert_books_agree(run)


def test_f18_run_ends_when_redis_forgot_it(field: Field) -> None:
    run = field.approved_run(rows=20)
    with Redis.from_url(field.redis_url) as connection:
        connection.flushall()
    field.worker()
    field.sweeper()
    wait_until(settled(run))
    field.assert_books_agree(run)


def test_f11_run_ends_when_its_worker_is_killed_five_times(field: Field) -> None:
    field.sweeper()
    run = field.approved_run(rows=200)
    for kills in range(1, 6):
        worker = field.worker()
        wait_until(credited(20 * kills))
        kill_session(worker.pid)
    field.worker()
    wait_until(settled(run), seconds=120)
    assert Row.objects.filter(state="credited").count() == 200
    field.assert_books_agree(run)


def test_f18_run_ends_when_redis_is_flushed_in_the_middle(field: Field) -> None:
    field.worker()
    field.sweeper()
    run = field.approved_run(rows=100)
    wait_until(lambda: Row.objects.filter(state="credited").exists())
    with Redis.from_url(field.redis_url) as connection:
        connection.flushall()
    wait_until(settled(run), seconds=120)
    field.assert_books_agree(run)
