"""Seeds spread over processes. Each process has a database of its own."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing.util import Finalize
from typing import Any, TypeVar

from tests.simulation import ready  # noqa: F401 - sets Django up, also in a process that was just started
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutating import mutated
from tests.simulation.playing import Stage
from tests.simulation.result import Result

# How many seeds a process takes at once: few, so that all end at about the same time.
BLOCK = 10
_stages: dict[str, Stage] = {}
_What = TypeVar("_What")
_Shown = TypeVar("_Shown")


@dataclass(frozen=True, slots=True)
class Task:
    """One seed. `url`: of a PostgreSQL server; `mutant`: with that wrong protocol; `told`: with every step."""

    seed: int
    url: str = ""
    mutant: str = ""
    told: bool = False
    # What the profile does not draw but takes from here.
    circumstances: Mapping[str, Any] = field(default_factory=dict)


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
        pool.close()
        pool.join()


def play(task: Task) -> Result:
    mutant = MUTANTS[task.mutant] if task.mutant else None
    circumstances = {**(mutant.circumstances if mutant else {}), **task.circumstances}
    with mutated(mutant) if mutant else nullcontext():
        return _stage(task.url).play(task.seed, told=task.told, **circumstances)


def _stage(url: str) -> Stage:
    if url not in _stages:
        _stages[url] = Stage(url)
    return _stages[url]


def close_stages() -> None:
    while _stages:
        _stages.popitem()[1].close()


# A process of a pool that ends in peace cleans up behind itself.
Finalize(None, close_stages, exitpriority=1)
