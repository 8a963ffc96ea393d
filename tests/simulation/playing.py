"""Seeds one after the other on one prepared database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation import profiles, seams
from tests.simulation.database import MemoryTemplates, Shape, Templates, connected
from tests.simulation.result import Result
from tests.simulation.server import ServerTemplates
from tests.simulation.world import World


class Stage:
    """Where seeds are played: a new database of the server at `url`, in memory if there is none."""

    def __init__(self, url: str) -> None:
        self._templates: Templates = ServerTemplates(url) if url else MemoryTemplates()

    def play(self, seed: int, *, told: bool = False, **circumstances: Any) -> Result:
        """`circumstances` overrule what the seed draws for its profile."""
        rng = Random(seed)
        profile = replace(profiles.draw(rng), **circumstances)
        shape = Shape(profile.rows, profile.twice, profile.batches)
        with connected(self._templates.connection), _silence():
            self._templates.load(shape, chunk=profile.chunk, lanes=profile.lanes)
            world = World(seed, profile, rng, told=told)
            with seams.installed(world):
                return world.run()

    def close(self) -> None:
        self._templates.close()


@contextmanager
def _silence() -> Iterator[None]:
    """A violation is reported as such; the portal's own log of a thousand simulated defects helps nobody."""
    former = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(former)
