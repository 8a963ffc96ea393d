"""The main pages, answered in-process: the portal beside an empty response of the same middleware stack."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.lines import PageLine


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[PageLine]:  # noqa: ARG001 - as every stage
    """Every page and the empty response in turn, `rounds` times over, on one seeded database."""
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], check=True)
    _way("store", rows)
    for turn in range(rounds):
        for found in _way("measure", rows):
            yield PageLine(db=db, rows=rows, load=round(os.getloadavg()[0], 1), round=turn, **found)


def _way(act: str, rows: int) -> list[dict]:
    command = [sys.executable, "-m", "bench.way", "bench.pages_ways", act, str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
