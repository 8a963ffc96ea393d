"""Seeds one after the other on one prepared database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation import profiles, seams
from tests.simulation.database import Shape, Templates, memory_database
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
def memory_stage() -> Iterator[Stage]:
    with memory_database() as templates, seams.installed():
        yield Stage(templates)
