"""The example of docs/ does what it says, as a program of its own against a portal that listens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from allocations import queue
from allocations.imports.run import run_import
from allocations.models import Batch
from allocations.services import batches
from tests.factories.api import SOMEBODY, token_for
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = Path(settings.BASE_DIR, "docs", "api_client.py")


@pytest.fixture
def _read_at_once(monkeypatch):
    """In the place of a worker."""
    monkeypatch.setattr(queue, "ring_import", lambda upload: transaction.on_commit(lambda: run_import(upload)))


def run_client(
    address: str, token: str, people: list[dict[str, object]], folder: Path, account: int
) -> tuple[int, str]:
    listed = folder / "people.json"
    listed.write_text(json.dumps(people))
    done = subprocess.run(
        [sys.executable, CLIENT, "Diwali 2026", str(account), listed],
        env={**os.environ, "PORTAL": address, "TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.usefixtures("_read_at_once")
def test_client_submits_a_good_list_once(live_server, tmp_path) -> None:
    _, token = token_for(person("admin"))
    account = AccountFactory().pk
    code, said = run_client(live_server.url, token, [SOMEBODY], tmp_path, account)
    batch = Batch.objects.get()
    assert (code, batch.state, f"batch {batch.pk}: submitted, 500 points, code " in said) == (0, "submitted", True), (
        said
    )
    run_client(live_server.url, token, [SOMEBODY], tmp_path, account)
    assert Batch.objects.count() == 1


@pytest.mark.usefixtures("_read_at_once")
def test_client_tells_what_is_wrong(live_server, tmp_path) -> None:
    _, token = token_for(person("admin"))
    code, said = run_client(live_server.url, token, [SOMEBODY | {"mobile": "12"}], tmp_path, AccountFactory().pk)
    assert (code, "row 1, mobile: " in said, Batch.objects.get().state) == (0, True, "review"), said
    code, said = run_client(live_server.url, token, [SOMEBODY | {"amout": 1}], tmp_path, AccountFactory().pk)
    assert (code, "row 1, amout: " in said) == (1, True), said


@pytest.mark.usefixtures("_read_at_once")
def test_client_tells_of_every_row_however_many(live_server, tmp_path) -> None:
    _, token = token_for(person("admin"))
    people = [SOMEBODY | {"mobile": f"9{at:09}"} for at in range(1_001)] + [SOMEBODY | {"mobile": "12"}]
    code, said = run_client(live_server.url, token, people, tmp_path, AccountFactory().pk)
    assert (code, "row 1002, mobile: " in said) == (0, True), said[-500:]


@pytest.mark.usefixtures("_read_at_once")
def test_client_asks_again_where_the_portal_failed(live_server, tmp_path, monkeypatch) -> None:
    _, token = token_for(person("admin"))
    real, failed = batches.create_batch, []

    def fails_once(*arguments: object, **named: object) -> Batch:
        if not failed:
            failed.append(True)
            raise ZeroDivisionError
        return real(*arguments, **named)

    monkeypatch.setattr(batches, "create_batch", fails_once)
    code, said = run_client(live_server.url, token, [SOMEBODY], tmp_path, AccountFactory().pk)
    assert (code, ": submitted, 500 points" in said, Batch.objects.count()) == (0, True, 1), said
