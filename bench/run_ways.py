"""One way of making the calls of a run, measured in the process that calls `main` and in those it starts."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import requests

from allocations.domain.manifest import payload_bytes, request_body
from allocations.enkash.client import EnkashClient
from allocations.enkash.sending import BASE
from allocations.gateway import build, enkash_config
from allocations.models import Attempt, Row
from allocations.services import draining, planning
from bench.seeding import account, approved_run, payloads
from bench.watching import Watch, backend_seconds, watched

Found = dict[str, float]


def portal(rows: int, chunk: int, lanes: int) -> Found:
    """Approved rows, planned, then drained by one worker process per lane."""
    run = approved_run(rows=rows, chunk=chunk, lanes=lanes)
    gateway = build()
    _login(gateway.client)
    began = time.perf_counter()
    planning.begin_run(run.pk, gateway=gateway)
    plan_seconds = time.perf_counter() - began
    seconds, cpu, statements, db_seconds, db_cpu = _drained(run.pk, workers=lanes)
    if Row.objects.filter(batch=run.batch_id, state="credited").count() != rows:
        results = Counter(Attempt.objects.filter(chunk__run=run).values_list("result", "message"))
        run.refresh_from_db()
        raise RuntimeError(f"not every row was credited: {run.state} {run.pause_text} {results}")
    took = list(Attempt.objects.filter(chunk__run=run).values_list("seconds", flat=True))
    found = _per_chunk(seconds, cpu, took, lanes=lanes)
    return {
        **found,
        "plan_seconds": round(plan_seconds, 3),
        "queries": round(statements / len(took), 1),
        "db_ms": round(db_seconds / len(took) * 1000, 2),
        "db_cpu_ms": round(db_cpu / len(took) * 1000, 2),
    }


def _login(client: EnkashClient) -> str:
    """A token of this simulator. A run keeps one for minutes: the login belongs to none of its chunks."""
    client.forget_token()
    return client.token(min_life=1).value


def _drained(run_id: int, *, workers: int) -> tuple[float, ...]:
    """Wall time from the first worker's start to the last one's end, and the sums of what the workers tell."""
    command = [sys.executable, "-m", "bench.way", "bench.run_ways", "worker", str(run_id), "0", "0"]
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for _ in range(workers)
        ]
        for worker in started:
            worker.stdout.readline()
        began = time.perf_counter()
        for worker in started:
            worker.stdin.write("\n")
            worker.stdin.flush()
        told = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in started]
        seconds = time.perf_counter() - began
    return (seconds, *(sum(one[name] for one in told) for name in ("cpu", "statements", "db_seconds", "db_cpu")))


def worker(run_id: int, *_: int) -> Found:
    """A process that drains on one lane as soon as it is told to."""
    gateway = build()
    # Connecting and importing belong to the process, not to its chunks.
    gateway.client.token(min_life=1)
    print("ready", flush=True)
    sys.stdin.readline()
    cpu, db_cpu = time.process_time(), backend_seconds()
    with watched() as watch:
        while draining.drain_run(run_id, gateway=gateway):
            pass
    if "profile" in os.environ.get("BENCH", ""):
        _print_dearest(watch)
    cpu, db_cpu = time.process_time() - cpu, backend_seconds() - db_cpu
    return {"cpu": cpu, "statements": watch.statements, "db_seconds": watch.seconds, "db_cpu": db_cpu}


def _print_dearest(watch: Watch) -> None:
    """Statements by their time, for who looks for the next thing to trim: BENCH=profile."""
    dearest = sorted(watch.by_statement.items(), key=lambda entry: -entry[1][1])
    for statement, (count, seconds) in dearest[:40]:
        print(f"{count:6} x {seconds / count * 1000:7.2f} ms  {statement[:150]}", file=sys.stderr)


def provider_bound(rows: int, chunk: int, lanes: int) -> Found:
    """The limit: bare sessions, one per lane, that send requests of the same size and keep nothing."""
    bodies = [payload_bytes(**payload) for payload in payloads(rows)]
    requests_ = [request_body(bodies[first : first + chunk]) for first in range(0, rows, chunk)]
    target, config = account(chunk=chunk, lanes=lanes), enkash_config()
    url = f"{config.api_url}{BASE}/bulk-create-allocate-points-json"
    params = {"companyId": target.company_id, "cardAccountId": target.card_account_id, "isPointsAllocation": "true"}
    headers = {
        "Authorization": f"{config.auth_scheme} {_login(build().client)}",
        "Content-Type": "application/json",
        "partnerId": config.partner_id,
    }

    def send(mine: list[bytes]) -> list[float]:
        took = []
        with requests.Session() as session:
            for body in mine:
                began = time.perf_counter()
                answer = session.post(url, params=params, headers=headers, data=body, timeout=60)
                took.append(time.perf_counter() - began)
                answer.raise_for_status()
        return took

    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(lanes) as pool:
        took = [
            seconds for share in pool.map(send, [requests_[lane::lanes] for lane in range(lanes)]) for seconds in share
        ]
    return _per_chunk(time.perf_counter() - began, time.process_time() - cpu, took, lanes=lanes)


def _per_chunk(seconds: float, cpu: float, took: list[float], *, lanes: int) -> Found:
    calls = len(took)
    return {
        "calls": calls,
        "seconds": round(seconds, 3),
        "call_ms": round(sum(took) / calls * 1000, 2),
        "own_ms": round((seconds * lanes - sum(took)) / calls * 1000, 2),
        "cpu_ms": round(cpu / calls * 1000, 2),
        "queries": 0,
        "db_ms": 0,
        "db_cpu_ms": 0,
        "plan_seconds": 0,
    }


WAYS: dict[str, Callable[[int, int, int], Found]] = {
    "portal": portal,
    "worker": worker,
    "provider_bound": provider_bound,
}


def main(who: str, rows: str, chunk: str, lanes: str) -> None:
    print(json.dumps(WAYS[who](int(rows), int(chunk), int(lanes))))
