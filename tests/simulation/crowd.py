"""Seeds spread over processes. Each process has a database of its own."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from typing import TypeVar

from tests.simulation import ready  # noqa: F401 - sets Django up, also in a process that was just started
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutating import mutated
from tests.simulation.playing import Stage, stage_on
from tests.simulation.result import Result

# How many seeds a process takes at once: few, so that all end at about the same time.
BLOCK = 10
_open_stages = ExitStack()
_What = TypeVar("_What")
_Shown = TypeVar("_Shown")


@dataclass(frozen=True, slots=True)
class Task:
    """One seed. `url`: of a PostgreSQL server; `mutant`: with that wrong protocol; `told`: with every step."""

    seed: int
    url: str = ""
    mutant: str = ""
    told: bool = False


def spread(
    play_one: Callable[[_What], _Shown], tasks: Sequence[_What], *, processes: int, block: int = BLOCK
) -> Iterator[_Shown]:
    """The results as they come."""
    if processes == 1 or len(tasks) == 1:
        yield from map(play_one, tasks)
        close_stages()
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(play_one, tasks, chunksize=block)
        # Ended in peace, a process closes its stage.
        pool.close()
        pool.join()


def play(task: Task) -> Result:
    mutant = MUTANTS[task.mutant] if task.mutant else None
    with mutated(mutant) if mutant else nullcontext():
        return _stage(task.url).play(task.seed, told=task.told, **(mutant.circumstances if mutant else {}))


@cache
def _stage(url: str) -> Stage:
    # A violation is reported as such; the portal's own log of a thousand simulated defects helps nobody.
    logging.disable(logging.CRITICAL)
    Finalize(None, close_stages, exitpriority=1)
    return _open_stages.enter_context(stage_on(url))


def close_stages() -> None:
    _open_stages.close()
    _stage.cache_clear()
