"""F58: a worker that was not updated meets a list which a newer portal prepared."""

import pytest

from allocations.domain import manifest
from allocations.models import Attempt, Run, TrailEntry
from allocations.services import planning, runs
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


def as_older_worker(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(manifest, name, "0")


def refused(portal: Portal, run: Run) -> None:
    portal.drain(run)
    assert (run.state, run.pause_code, portal.ledger(), Attempt.objects.count()) == ("paused", "outdated", {}, 0)
    assert TrailEntry.objects.get(event="run pause").data["why"] == "outdated"


@pytest.mark.parametrize("version", ["PAYLOAD_VERSION", "PARSER_VERSION"])
def test_f58_an_older_worker_refuses_a_run_and_a_newer_one_takes_it(portal: Portal, monkeypatch, version: str) -> None:
    run = portal.approved_run(rows=2)
    with monkeypatch.context() as patch:
        as_older_worker(patch, version)
        refused(portal, run)
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)


@pytest.mark.parametrize("version", ["PAYLOAD_VERSION", "PARSER_VERSION"])
def test_f58_an_older_worker_refuses_a_chunk_of_a_run_under_way(portal: Portal, monkeypatch, version: str) -> None:
    run = portal.approved_run(rows=2)
    planning.begin_run(run.pk, gateway=portal.gateway)
    as_older_worker(monkeypatch, version)
    refused(portal, run)
