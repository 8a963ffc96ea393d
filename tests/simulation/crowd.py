"""Seeds spread over processes. Each process has a database of its own."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from tests.simulation import ready  # noqa: F401 - sets Django up, also in a process that was just started
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutating import mutated
from tests.simulation.playing import Stage, memory_stage
from tests.simulation.result import Result

# How many seeds a process takes at once: few, so that all end at about the same time.
BLOCK = 10
_open_stages = ExitStack()
_What = TypeVar("_What")
_Shown = TypeVar("_Shown")


@dataclass(frozen=True, slots=True)
class Task:
    """One seed on one database. `mutant`: with that wrong protocol; `told`: with every step."""

    seed: int
    db: str = "sqlite"
    mutant: str = ""
    told: bool = False


def spread(
    play_one: Callable[[_What], _Shown], tasks: Sequence[_What], *, processes: int, block: int = BLOCK
) -> Iterator[_Shown]:
    """The results as they come."""
    if processes == 1 or len(tasks) == 1:
        yield from map(play_one, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(play_one, tasks, chunksize=block)


def play(task: Task) -> Result:
    mutant = MUTANTS[task.mutant] if task.mutant else None
    with mutated(mutant) if mutant else nullcontext():
        return _stage(task.db).play(task.seed, told=task.told, **(mutant.circumstances if mutant else {}))


@cache
def _stage(_db: str) -> Stage:
    # A violation is reported as such; the portal's own log of a thousand simulated defects helps nobody.
    logging.disable(logging.CRITICAL)
    return _open_stages.enter_context(memory_stage())
