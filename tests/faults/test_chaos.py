"""The small storm of every test run; `python -m tests.chaos` makes a big one."""

from collections.abc import Iterator

import pytest

from allocations.enkash.simulator.server import Simulator
from tests.chaos.books import check_books, summary
from tests.chaos.storm import Storm
from tests.services_up.workers import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(profile="chaos", seed=7, balance=10**10) as simulator:
        yield simulator


def test_f59_a_run_in_a_storm_ends_and_the_books_agree(
    sim: Simulator, redis_url: str, live_worker: StartWorker
) -> None:
    """Nobody looks on, and everything goes wrong at once."""
    storm = Storm(sim, redis_url, live_worker, rows=400, chunk=10, seed=7, patience=240)
    storm.blow()
    check_books(storm)
    print(summary(storm))
