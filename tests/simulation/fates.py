"""What may happen to a worker at a step. One table; a new kind of trouble is a function and a line."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError
from rq.timeouts import JobTimeoutException

from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.world import World

Fate = Callable[["World", Worker], None]
# A request that was held up must reach EnKash, and be done there, before the quiet time ends: the protocol's limit.
SHARE_OF_QUIET = 0.6


def crash(_world: "World", worker: Worker) -> None:
    worker.die()


def nap(world: "World", worker: Worker) -> None:
    worker.sleep(world.rng.uniform(0.0, 3.0))


def freeze(world: "World", worker: Worker) -> None:
    _freeze(world, worker, world.rng.uniform(5.0, 280.0))


def long_freeze(world: "World", worker: Worker) -> None:
    """Beyond the lease, perhaps beyond the quiet time: it goes on as a zombie."""
    _freeze(world, worker, world.rng.choice((310.0, 700.0, 1300.0, 2500.0)) * world.rng.uniform(0.9, 1.1))


def _freeze(world: "World", worker: Worker, seconds: float) -> None:
    until = world.now + timedelta(seconds=seconds)
    if worker.about_to_send and worker.claim and not world.profile.held_up:
        until = min(until, worker.claim.expires_at + SHARE_OF_QUIET * world.quiet)
    if until <= world.now:
        return
    worker.freeze(until)
    if worker.claim and world.now > worker.claim.expires_at:
        world.count("zombies")


def job_timeout(_world: "World", _worker: Worker) -> None:
    raise JobTimeoutException("The job took too long.")


def database_away(_world: "World", _worker: Worker) -> None:
    raise OperationalError("The database is away.")


FATES: Mapping[str, tuple[Fate, float]] = {
    "crash": (crash, 0.006),
    "freeze": (freeze, 0.004),
    "long freeze": (long_freeze, 0.005),
    "nap": (nap, 0.06),
    "job timeout": (job_timeout, 0.0015),
    "database away": (database_away, 0.0015),
}
# During a call time passes anyway, and the database does not matter.
_NOT_IN_CALL = {"nap", "database away"}
# Around the call everything is decided: there trouble comes more often.
_CLOSER = {"before the call": 3.0, "during the call": 3.0, "after the call": 3.0}


def befall(world: "World", worker: Worker, step: str) -> None:
    """Draws once, so that a step costs one random number."""
    if not world.faulty or not world.profile.trouble:
        return
    drawn = world.rng.random() / (world.profile.trouble * _CLOSER.get(step, 1.0))
    for name, (fate, rate) in FATES.items():
        if drawn < rate:
            if _may_happen(world, step, name):
                world.count(f"{name} {_at(step)}" if name == "crash" else name)
                fate(world, worker)
            return
        drawn -= rate


def _may_happen(world: "World", step: str, name: str) -> bool:
    only = world.profile.fates
    return (not only or name in only) and (step != "during the call" or name not in _NOT_IN_CALL)


def _at(step: str) -> str:
    return step if step.endswith("the call") else f"at a {step}"
