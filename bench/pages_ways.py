"""Requests through Django's test client, measured in the process that calls `main`."""

import json
import math
import statistics
import time
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from allocations.models import Batch, Row, Run
from bench import SMALL
from bench.pages_seed import READER, store
from bench.watching import watched

REQUESTS = 50
Found = dict[str, str | int | float]
BARE = "/bench-bare/"


def bare(_: HttpRequest) -> HttpResponse:
    """What every page costs before it does anything."""
    return HttpResponse("")


urlpatterns = [path(BARE[1:], bare), path("", include("rewards_portal.urls"))]


def pages(rows: int) -> dict[str, tuple[str, dict[str, str]]]:
    """Address and headers of each page."""
    review = f"/batches/{_batch('review')}/"
    approval = f"/batches/{_batch('submitted')}/approval/"
    outcome = f"/batches/{_batch('approved')}/"
    run = f"/runs/{Run.objects.latest('id').pk}/"
    known = ("name", "mobile", "reference")
    person = Row.objects.filter(batch=_batch("approved")).values_list(*known).get(number=rows // 2)
    name = person[0].replace(" ", "+")
    addresses = {
        "home": "/",
        "batches": "/batches/",
        "review first": f"{review}?show=all",
        "review middle": f"{review}?show=all&after={rows // 2}",
        "review last": f"{review}?show=all&after={rows - 50}",
        "review warnings": f"{review}?show=warnings",
        "review one cause": f"{review}?problem=odd_amount",
        "review left out": f"{review}?show=left-out",
        "approvals": "/approvals/",
        "approval": approval,
        "outcome": outcome,
        "rows last": f"{outcome}rows/?after={rows - 50}",
        "rows failed": f"{outcome}rows/?state=failed",
        "rows unknown": f"{outcome}rows/?state=unknown",
        "rows by name": f"{outcome}rows/?q={name}",
        "rows by mobile": f"{outcome}rows/?q={person[1]}",
        "causes": f"{outcome}?tab=causes",
        "recipient": f"{outcome}rows/{rows // 2}/person/",
        "find name": f"/search/?q={name}",
        "find first name": f"/search/?q={name.partition('+')[0]}",
        "find mobile": f"/search/?q={person[1]}",
        "find reference": f"/search/?q={person[2]}",
        "find nobody": "/search/?q=nobody@example.com",
        "reports": "/reports/",
        "runs": "/runs/",
        "run": run,
    }
    found = {name: (address, {}) for name, address in addresses.items()}
    return {**found, "run fragment": (run, {"HX-Request": "true"})}


def _batch(state: str) -> int:
    return Batch.objects.filter(state=state).latest("id").pk


def measure(rows: int) -> Iterator[Found]:
    """Each page and the empty response request by request in turn, after one of each to warm up."""
    settings.ROOT_URLCONF = __name__
    client = Client(SERVER_NAME="localhost")
    requests = REQUESTS if rows > SMALL else 2
    client.force_login(User.objects.get(username=READER))
    for name, (address, headers) in pages(rows).items():
        with watched() as watch:
            _get(client, address, headers)
        _get(client, BARE, {})
        taken = [(_get(client, address, headers), _get(client, BARE, {})) for _ in range(requests)]
        portal, empty = zip(*taken, strict=True)
        yield _found("portal", name, portal, queries=watch.statements)
        yield _found("bare_response", name, empty, queries=0)


def _get(client: Client, address: str, headers: dict[str, str]) -> tuple[float, float]:
    """Milliseconds until the whole response is there, and those of this process's processor time."""
    began, cpu = time.perf_counter(), time.process_time()
    response = client.get(address, headers=headers)
    took = (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{address} was answered {response.status_code}")
    return took


def _found(who: str, name: str, taken: tuple[tuple[float, float], ...], *, queries: int) -> Found:
    ordered = sorted(wall for wall, _ in taken)
    return {
        "who": who,
        "format": name,
        "requests": len(taken),
        "median_ms": round(statistics.median(ordered), 2),
        "p99_ms": round(ordered[math.ceil(0.99 * len(ordered)) - 1], 2),
        "cpu_ms": round(statistics.median(cpu for _, cpu in taken), 2),
        "queries": queries,
    }


def main(act: str, rows: str) -> None:
    if act == "store":
        store(int(rows))
        return
    for found in measure(int(rows)):
        print(json.dumps(found), flush=True)
