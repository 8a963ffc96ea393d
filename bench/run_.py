"""A run against the built-in simulator: one worker per lane beside bare sessions that make the same calls."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from allocations.enkash.simulator import demo
from bench.lines import RunLine

# Lanes, rows of a call, milliseconds that EnKash takes for it.
SETTINGS = [(lanes, chunk, latency) for latency in (50, 200) for chunk in (50, 200) for lanes in (1, 4, 8)]
# A line is about so many seconds of calls, or ROWS rows if they are fewer.
SECONDS = 15
# With fewer calls on a lane, beginning and end are most of what is measured.
LEAST_CALLS = 5


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[RunLine]:  # noqa: ARG001 - as every stage
    """The limit and the portal in turn, each in processes of its own, on rows that EnKash has not seen before."""
    with simulator() as url:
        for lanes, chunk, latency in SETTINGS:
            calls = min(rows // (chunk * lanes), SECONDS * 1000 // latency) * lanes
            if calls < LEAST_CALLS * lanes:
                continue
            # One simulator for all: a second one would give its transaction ids again.
            change = {"latency": latency / 1000, "lanes": lanes}
            requests.post(f"{url}/_control/settings", json=change, timeout=30).raise_for_status()
            for turn in range(rounds):
                bound = _way("provider_bound", url, rows=calls * chunk, chunk=chunk, lanes=lanes)
                ours = _way("portal", url, rows=calls * chunk, chunk=chunk, lanes=lanes)
                for who, found in (("provider_bound", bound), ("portal", ours)):
                    yield RunLine(
                        who=who,
                        db=db,
                        format=f"{lanes}x{chunk} {latency} ms",
                        rows=calls * chunk,
                        lanes=lanes,
                        share_of_bound=round(bound["seconds"] / found["seconds"], 3),
                        share_of_pace=round(calls * latency / 1000 / lanes / found["seconds"], 3),
                        load=round(os.getloadavg()[0], 1),
                        round=turn,
                        **found,
                    )


@contextmanager
def simulator() -> Iterator[str]:
    """A stand-in EnKash in a process of its own; yields its address."""
    words = ["--profile", "clean", "--balance", str(10**12)]
    command = [sys.executable, "manage.py", "enkash_simulator", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
            server.communicate(timeout=30)


def _way(who: str, url: str, *, rows: int, chunk: int, lanes: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.way", "bench.run_ways", who, str(rows), str(chunk), str(lanes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | access(url))
    return json.loads(done.stdout.splitlines()[-1])


def access(url: str) -> dict[str, str]:
    return {
        "ENKASH_API_URL": url,
        "ENKASH_TOKEN_URL": f"{url}/oauth/token",
        "ENKASH_PASSWORD": demo.PASSWORD,
        "ENKASH_CLIENT_SECRET": demo.CLIENT_SECRET,
        # While a canary waits, other lanes go home; in a portal Redis calls them back, which here is nobody.
        "ENKASH_CANARY_ROWS": "0",
    }
