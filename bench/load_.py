"""How long pages take over HTTP while a list of ROWS rows is imported and a run sends, beside an idle portal.

Real Redis, gunicorn, one worker for runs and one for imports, EnKash's stand-in.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from bench import SMALL
from bench.api_ import send, served
from bench.import_ import _files
from bench.lines import Figure, Line, PageLine
from bench.run_ import access, simulator
from rewards_portal.supervisor.tree import end_with_parent, kill_session
from tests.services_up.redis import RedisServer

# People who each open one page after the other, with so long a look at each.
READERS = 4
LOOK_SECONDS = 0.1
# Each page so often while nothing else goes on; once where the stage is only tried.
_QUIET_ROUNDS = 10
LATENCY_SECONDS = 0.2
# On a busy machine the worker for runs may begin only after a short list was imported.
_PATIENCE_SECONDS = 120
Timings = dict[str, list[float]]


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[Figure]:
    with ExitStack() as stack:
        redis = RedisServer(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-load-"))))
        redis.start()
        stack.callback(redis.stop)
        url = stack.enter_context(simulator())
        requests.post(f"{url}/_control/settings", json={"latency": LATENCY_SECONDS}, timeout=30).raise_for_status()
        os.environ.update(access(url) | {"REDIS_URL": redis.url})
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], check=True)
        port, _ = stack.enter_context(served(workers=2))
        known = _way("seed", str(rows))
        path = _files(folder, rows)["csv"]
        quiet_reads = (_QUIET_ROUNDS if rows > SMALL else 1) * len(known["pages"])
        for turn in range(rounds):
            quiet = _read(port, known, enough=lambda seen: len(seen) >= quiet_reads)
            yield from _lines("idle_portal", quiet, db=db, rows=rows, turn=turn)
            with _workers():
                before = time.perf_counter()
                batch = send(port, path, "csv", known)
                loaded = _read(port, known, enough=lambda _, batch=batch, before=before: _went_on(batch, since=before))
                seconds = time.perf_counter() - before
            yield from _lines("portal", loaded, db=db, rows=rows, turn=turn)
            told = _way("told", str(batch))
            if told["rows"] != rows or not told["credited"]:
                raise RuntimeError(f"not both went on: {told}")
            yield Line("load", "import", db, "csv", rows, round(seconds, 3), 0, 0, turn)
            yield Line("load", "run", db, "run", told["credited"], round(seconds, 3), 0, 0, turn)


def _went_on(batch: int, *, since: float) -> bool:
    told = _way("told", str(batch))
    return told["is_ready"] and (told["credited"] > 0 or time.perf_counter() - since > _PATIENCE_SECONDS)


def _way(*words: str) -> dict:
    command = [sys.executable, "-m", "bench.way", "bench.load_ways", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _workers() -> Iterator[None]:
    """One for runs, one for imports; they end with all that they started."""
    commands = [[sys.executable, "manage.py", "worker", queue] for queue in ("runs", "imports")]
    started = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent)  # noqa: PLW1509 - one system call
        for command in commands
    ]
    try:
        yield
    finally:
        for process in started:
            kill_session(process.pid)
            process.wait()


def _read(port: int, known: dict, *, enough: Callable[[list[float]], bool]) -> Timings:
    """Milliseconds of every answer, by page, until it was enough."""
    taken: Timings = defaultdict(list)
    every: list[float] = []
    is_over = False

    def reader(first: int) -> None:
        with requests.Session() as session:
            session.cookies.update(known["cookies"])
            at = first
            while not is_over:
                name, (address, headers) = known["pages"][at % len(known["pages"])]
                began = time.perf_counter()
                answer = session.get(f"http://localhost:{port}{address}", headers=headers, timeout=60)
                took = (time.perf_counter() - began) * 1000
                if answer.status_code != 200 or "/login/" in answer.url:
                    raise RuntimeError(f"{address} was answered {answer.status_code}")
                taken[name].append(took)
                every.append(took)
                at += 1
                time.sleep(LOOK_SECONDS)

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(reader, number * len(known["pages"]) // READERS) for number in range(READERS)]
        try:
            while not enough(every) and not any(one.done() for one in readers):
                time.sleep(0.5)
        finally:
            is_over = True
    for one in readers:
        one.result()
    return {"every page": every, **taken}


def _lines(who: str, timings: Timings, *, db: str, rows: int, turn: int) -> Iterator[PageLine]:
    for name, taken in timings.items():
        yield PageLine(
            bench="load",
            who=who,
            db=db,
            format=name,
            rows=rows,
            requests=len(taken),
            median_ms=round(statistics.median(taken), 2),
            p99_ms=round(sorted(taken)[math.ceil(0.99 * len(taken)) - 1], 2),
            cpu_ms=0,
            queries=0,
            load=round(os.getloadavg()[0], 1),
            round=turn,
        )
