"""Plays seeds, prints what was exercised and every seed that broke an invariant; ends with 1 if one did."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.simulation import telling
from tests.simulation.crowd import Task, play, played


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.story:
        return telling.story(play(Task(options.seed, options.db, told=True)))
    tasks = [Task(options.seed + at, options.db) for at in range(options.seeds)]
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failed = []
    for result in played(tasks, processes=options.processes):
        counts += result.counts
        if result.violations:
            failed.append(result)
            print(telling.failure(result, db=options.db), flush=True)
    print(telling.exercised(counts))
    print(telling.conclusion(len(tasks), failed, seconds=time.monotonic() - began))
    return 1 if failed else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many; 2000, or 1 with --seed")
    parser.add_argument("--seed", type=int, help="the first one")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 8))
    parser.add_argument("--story", action="store_true", help="tell every step of one seed")
    options = parser.parse_args(arguments)
    options.seeds = options.seeds or (2000 if options.seed is None else 1)
    options.seed = 1 if options.seed is None else options.seed
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
