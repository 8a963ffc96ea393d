"""A run against the built-in simulator: the portal beside a bare session that makes the same calls one by one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allocations.enkash.simulator import demo
from bench.lines import RunLine

LATENCY_MS = 50
CHUNK = 50


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[RunLine]:  # noqa: ARG001 - as every stage
    """The limit and the portal in turn, each in a process of its own, on rows that EnKash has not seen before."""
    with simulator(LATENCY_MS) as url:
        for turn in range(rounds):
            bound = _way("provider_bound", url, rows=rows)
            yield _line("provider_bound", bound, bound, db=db, rows=rows, turn=turn)
            yield _line("portal", _way("portal", url, rows=rows), bound, db=db, rows=rows, turn=turn)


@contextmanager
def simulator(latency_ms: int) -> Iterator[str]:
    """A stand-in EnKash in a process of its own; yields its address."""
    words = ["--profile", "clean", "--latency-ms", str(latency_ms), "--balance", str(10**12)]
    command = [sys.executable, "manage.py", "enkash_simulator", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
            server.communicate(timeout=30)


def _way(who: str, url: str, *, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.way", "bench.run_ways", who, str(rows), str(CHUNK)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | _access(url))
    return json.loads(done.stdout.splitlines()[-1])


def _access(url: str) -> dict[str, str]:
    return {
        "ENKASH_API_URL": url,
        "ENKASH_TOKEN_URL": f"{url}/oauth/token",
        "ENKASH_PASSWORD": demo.PASSWORD,
        "ENKASH_CLIENT_SECRET": demo.CLIENT_SECRET,
    }


def _line(who: str, found: dict[str, float], bound: dict[str, float], *, db: str, rows: int, turn: int) -> RunLine:
    pace = CHUNK / LATENCY_MS * 1000
    return RunLine(
        who=who,
        db=db,
        format=f"{LATENCY_MS} ms",
        rows=rows,
        share_of_bound=round(bound["seconds"] / found["seconds"], 3),
        share_of_pace=round(rows / found["seconds"] / pace, 3),
        load=round(os.getloadavg()[0], 1),
        round=turn,
        **found,
    )
