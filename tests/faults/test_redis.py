"""Redis is away, comes back or forgets: a ring is late, a point never."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from allocations.models import Row, Run
from rewards_portal.supervisor.tree import kill_session
from tests.faults.conftest import Field, settled, wait_until
from tests.services_up.redis import RedisServer, point_queues_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis(field: Field, settings) -> Iterator[RedisServer]:
    """A Redis of the test's own, which may go away."""
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as name:
        server = RedisServer(Path(name))
        server.start()
        field.redis_url = server.url
        point_queues_at(server.url, settings)
        try:
            yield server
        finally:
            server.stop()


def some_are_credited() -> bool:
    return Row.objects.filter(state="credited").exists()


def test_f19_a_run_that_is_approved_without_redis_starts_when_it_is_back(field: Field, redis: RedisServer) -> None:
    redis.stop()
    run = field.approved_run(rows=20)
    assert (run.state, run.batch.state) == ("queued", "approved")
    redis.start()
    field.worker()
    field.sweeper()
    field.assert_everybody_credited(run)


def test_f20_a_run_goes_on_while_redis_is_away_and_after_it(field: Field, redis: RedisServer) -> None:
    """The job in hand works on. A worker that has lost its Redis ends, and the supervisor starts another one."""
    field.sim.control.change(latency=0.2)
    worker = field.worker()
    run = field.approved_run(rows=60)
    wait_until(some_are_credited)
    redis.stop()
    at_first = Row.objects.filter(state="credited").count()
    wait_until(lambda: Row.objects.filter(state="credited").count() > at_first)
    redis.start()
    field.sweeper()
    workers = [worker]

    def ended() -> bool:
        if workers[-1].poll() is not None:
            workers.append(field.worker())
        return settled(run)()

    wait_until(ended, seconds=120)
    field.assert_everybody_credited(run)


def test_f20_a_run_ends_when_redis_and_its_worker_are_started_again(field: Field, redis: RedisServer) -> None:
    """As when their machine does."""
    field.sweeper()
    worker = field.worker()
    run = field.approved_run(rows=60)
    wait_until(some_are_credited)
    redis.stop()
    kill_session(worker.pid)
    assert Run.objects.get().state == "running"
    redis.start()
    field.worker()
    field.assert_everybody_credited(run)
