"""One way of making the calls of a run, measured in the process that calls `main`."""

import json
import sys
import time
from collections.abc import Callable

import requests

from allocations.domain.manifest import payload_bytes, request_body
from allocations.enkash.sending import BASE
from allocations.gateway import build, enkash_config
from allocations.models import Attempt, Row
from allocations.services import draining, planning
from bench.seeding import account, approved_run, payloads
from bench.watching import Watch, watched

Found = dict[str, float]


def portal(rows: int, chunk: int) -> Found:
    """Approved rows, planned, then drained by one worker on one lane."""
    run = approved_run(rows=rows, chunk=chunk)
    gateway = build()
    began = time.perf_counter()
    planning.begin_run(run.pk, gateway=gateway)
    plan_seconds = time.perf_counter() - began
    # A run keeps its token for minutes: the one login belongs to none of its chunks.
    gateway.client.token(min_life=1)
    began, cpu = time.perf_counter(), time.process_time()
    with watched() as watch:
        while draining.drain_run(run.pk, gateway=gateway):
            pass
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if Row.objects.filter(batch=run.batch_id, state="credited").count() != rows:
        raise RuntimeError("not every row was credited")
    took = list(Attempt.objects.filter(chunk__run=run).values_list("seconds", flat=True))
    if "profile" in sys.argv:
        _print(watch, chunks=len(took))
    return {"plan_seconds": round(plan_seconds, 3), **_per_chunk(seconds, cpu, took, watch)}


def provider_bound(rows: int, chunk: int) -> Found:
    """The limit: a bare session that sends requests of the same size one after another and keeps nothing."""
    bodies = [payload_bytes(**payload) for payload in payloads(rows)]
    target, config = account(chunk=chunk), enkash_config()
    params = {"companyId": target.company_id, "cardAccountId": target.card_account_id, "isPointsAllocation": "true"}
    took, cpu = [], time.process_time()
    with requests.Session() as session:
        token = build().client.token(min_life=1).value
        session.headers["Authorization"] = f"{config.auth_scheme} {token}"
        session.headers["Content-Type"] = "application/json"
        session.headers["partnerId"] = config.partner_id
        for first in range(0, rows, chunk):
            body = request_body(bodies[first : first + chunk])
            began = time.perf_counter()
            answer = session.post(
                f"{config.api_url}{BASE}/bulk-create-allocate-points-json", params=params, data=body, timeout=60
            )
            took.append(time.perf_counter() - began)
            answer.raise_for_status()
    return {"plan_seconds": 0, **_per_chunk(sum(took), time.process_time() - cpu, took, Watch())}


def _per_chunk(seconds: float, cpu: float, took: list[float], watch: Watch) -> Found:
    calls = len(took)
    return {
        "calls": calls,
        "seconds": round(seconds, 3),
        "call_ms": round(sum(took) / calls * 1000, 2),
        "own_ms": round((seconds - sum(took)) / calls * 1000, 2),
        "cpu_ms": round(cpu / calls * 1000, 2),
        "queries": round(watch.statements / calls, 1),
        "db_ms": round(watch.seconds / calls * 1000, 2),
    }


def _print(watch: Watch, *, chunks: int) -> None:
    """The dearest statements, per chunk."""
    dearest = sorted(watch.by_statement.items(), key=lambda entry: -entry[1][1])
    for statement, (count, seconds) in dearest[:40]:
        print(f"{count / chunks:6.2f} x {seconds / chunks * 1000:7.2f} ms  {statement[:150]}", file=sys.stderr)


WAYS: dict[str, Callable[[int, int], Found]] = {"portal": portal, "profile": portal, "provider_bound": provider_bound}


def main(who: str, rows: str, chunk: str) -> None:
    print(json.dumps(WAYS[who](int(rows), int(chunk))))
