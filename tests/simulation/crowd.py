"""Seeds spread over processes. Each process has a database of its own."""

import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from tests.simulation import ready  # noqa: F401 - sets Django up, also in a process that was just started
from tests.simulation.playing import Stage, memory_stage
from tests.simulation.result import Result

# How many seeds a process takes at once: few, so that all end at about the same time.
_BLOCK = 10
_open_stages = ExitStack()


@dataclass(frozen=True, slots=True)
class Task:
    """One seed on one database. `told`: with every step."""

    seed: int
    db: str = "sqlite"
    told: bool = False


def played(tasks: Sequence[Task], *, processes: int) -> Iterator[Result]:
    """The results as they come."""
    if processes == 1 or len(tasks) == 1:
        yield from map(play, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(play, tasks, chunksize=_BLOCK)


def play(task: Task) -> Result:
    return _stage(task.db).play(task.seed, told=task.told)


@cache
def _stage(_db: str) -> Stage:
    # A violation is reported as such; the portal's own log of a thousand simulated defects helps nobody.
    logging.disable(logging.CRITICAL)
    return _open_stages.enter_context(memory_stage())
