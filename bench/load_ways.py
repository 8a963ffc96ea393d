"""python -m bench.way bench.load_ways seed ROWS | told BATCH: what is not done over HTTP."""

import json

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client

from allocations.domain.policy import Role
from allocations.models import Row, Run, Upload
from allocations.services.submission import submit_batch
from bench.api_ways import token
from bench.seeding import account, approved_run, person, review_batch

CHUNK = 50
# What one lane sends in several minutes; the import ends before.
_RUN_ROWS = 100_000
# Its name; address and headers.
Page = tuple[str, tuple[str, dict[str, str]]]


def seed(rows: str) -> dict[str, object]:
    """A list in review and one that awaits approval, of as many rows as are imported, and a run that can go on long."""
    count = int(rows)
    maker, target = person(Role.ADMIN), account(chunk=CHUNK)
    review = review_batch(target, maker, rows=count)
    waiting = submit_batch(maker, batch_id=review_batch(target, maker, rows=count).pk)
    run = approved_run(rows=min(count, _RUN_ROWS), chunk=CHUNK)
    return {
        **token(),
        "cookies": {settings.SESSION_COOKIE_NAME: _session()},
        "pages": _pages(review=review.pk, waiting=waiting.pk, sent=run.batch_id, run=run.pk, rows=count),
    }


def _session() -> str:
    reader = User.objects.create_user("bench-reader", password="bench-only")
    for role in (Role.ADMIN, Role.APPROVER):
        reader.groups.add(Group.objects.get_or_create(name=role.value)[0])
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    return client.session.session_key


def _pages(
    *, review: int, waiting: int, sent: int, run: int, rows: int
) -> list[tuple[str, tuple[str, dict[str, str]]]]:
    row = Row.objects.get(batch=sent, number=min(rows, _RUN_ROWS) // 2)
    addresses = {
        "home": "/",
        "batches": "/batches/",
        "review first": f"/batches/{review}/?show=all",
        "review last": f"/batches/{review}/?show=all&after={rows - 50}",
        "approval": f"/batches/{waiting}/approval/",
        "outcome": f"/batches/{sent}/",
        "rows credited": f"/batches/{sent}/rows/?state=credited",
        "rows by name": f"/batches/{sent}/rows/?q={row.name.replace(' ', '+')}",
        "find mobile": f"/search/?q={row.mobile}",
        "find reference": f"/search/?q={row.reference}",
        "reports": "/reports/",
        "run": f"/runs/{run}/",
    }
    found = [(name, (address, {})) for name, address in addresses.items()]
    return [*found, ("run fragment", (f"/runs/{run}/", {"HX-Request": "true"}))]


def told(batch_id: str) -> dict[str, object]:
    """Whether the import is over, its rows, and rows that the run has credited so far."""
    run = Run.objects.latest("id")
    return {
        "is_ready": Upload.objects.get(batch=batch_id).state == "ready",
        "rows": Row.objects.filter(batch=batch_id).count(),
        "credited": Row.objects.filter(batch=run.batch_id, state="credited").count(),
    }


def main(act: str, *arguments: str) -> None:
    print(json.dumps({"seed": seed, "told": told}[act](*arguments)))
