"""A clean simulator and a logged-in caller."""

from collections.abc import Iterator

import pytest

from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import Caller


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(balance=1000) as simulator:
        yield simulator


@pytest.fixture
def caller(sim: Simulator) -> Iterator[Caller]:
    caller = Caller(sim)
    with caller.session:
        yield caller
