"""Seeds one after the other on one prepared database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from django.test import override_settings

from tests.simulation import profiles, seams
from tests.simulation.database import MemoryTemplates, Shape, Templates, connected
from tests.simulation.profiles import Profile
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
            world = World(seed, profile, rng, self._templates, told=told)
            with _settings(profile), seams.installed(world):
                return world.run()

    def close(self) -> None:
        self._templates.close()


def _settings(profile: Profile) -> override_settings:
    values = {"ENKASH_CANARY_ROWS": profile.canary}
    if profile.stop_loss:
        values |= {"ENKASH_STOP_LOSS_ROWS": 2, "ENKASH_STOP_LOSS_PERCENT": 50, "ENKASH_STOP_AT_FIRST_UNKNOWN": True}
    return override_settings(**values)


@contextmanager
def _silence() -> Iterator[None]:
    """A violation is reported as such; the portal's own log of a thousand simulated defects helps nobody."""
    former = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(former)
