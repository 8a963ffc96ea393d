"""Plays seeds, prints what was exercised and every seed that broke an invariant; ends with 1 if one did."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext

from tests.services_up.postgresql import postgresql
from tests.simulation import telling
from tests.simulation.crowd import Task, play, spread
from tests.simulation.mutants import MUTANTS
from tests.simulation.trial import convict

_TELL_EVERY = 500


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.mutants:
        return _try_mutants(options.processes)
    with postgresql() if options.db == "postgresql" else nullcontext("") as url:
        tasks = [Task(options.seed + at, url, options.mutant, options.story) for at in range(options.seeds)]
        return _tell(tasks[0]) if options.story else _play_all(tasks, options=options)


def _tell(task: Task) -> int:
    (result,) = spread(play, [task], processes=1)
    return telling.story(result)


def _play_all(tasks: Sequence[Task], *, options: argparse.Namespace) -> int:
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failed = 0
    for done, result in enumerate(spread(play, tasks, processes=options.processes), start=1):
        counts += result.counts
        if done % _TELL_EVERY == 0 and done < len(tasks):
            print(f"{done:,} of {len(tasks):,} seeds, {failed:,} broke an invariant", file=sys.stderr, flush=True)
        if result.violations:
            failed += 1
            print(telling.failure(result, db=options.db, mutant=options.mutant), flush=True)
    print(telling.exercised(counts))
    print(telling.conclusion(len(tasks), failed, seconds=time.monotonic() - began))
    return 1 if failed else 0


def _try_mutants(processes: int) -> int:
    verdicts = []
    for verdict in spread(convict, list(MUTANTS), processes=processes, block=1):
        verdicts.append(verdict)
        print(verdict, flush=True)
    survivors = sum(verdict.seed is None for verdict in verdicts)
    print(f"mutants: {len(verdicts)} survivors: {survivors}")
    return 1 if survivors else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many; 2000, or 1 with --seed")
    parser.add_argument("--seed", type=int, help="the first one")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 8))
    parser.add_argument("--story", action="store_true", help="tell every step of the first seed")
    parser.add_argument("--mutants", action="store_true", help="play the wrong protocols: each has to break something")
    parser.add_argument("--mutant", choices=MUTANTS, default="", help="play one wrong protocol")
    options = parser.parse_args(arguments)
    options.seeds = options.seeds or (2000 if options.seed is None else 1)
    options.seed = 1 if options.seed is None else options.seed
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
