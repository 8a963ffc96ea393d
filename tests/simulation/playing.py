"""Seeds one after the other on one prepared database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation import profiles, seams
from tests.simulation.database import Shape, Templates, memory_database
from tests.simulation.server import server_database
from tests.simulation.world import Result, World


class Stage:
    """Where seeds are played."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def play(self, seed: int, *, told: bool = False, **circumstances: Any) -> Result:
        """`circumstances` overrule what the seed draws for its profile."""
        rng = Random(seed)
        profile = replace(profiles.draw(rng), **circumstances)
        shape = Shape(profile.rows, profile.twice, profile.batches)
        self._templates.load(shape, chunk=profile.chunk, lanes=profile.lanes)
        world = World(seed, profile, rng, told=told)
        with seams.playing(world):
            return world.run()


@contextmanager
def stage_on(url: str) -> Iterator[Stage]:
    """A stage on a new database of the server at `url`; in memory if there is none."""
    with server_database(url) if url else memory_database() as templates, seams.installed():
        yield Stage(templates)
