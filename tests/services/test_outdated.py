"""A worker that was not updated meets a list which a newer portal prepared, and an update comes during a run."""

import pytest

from allocations.domain import manifest
from allocations.gateway import CODE_VERSION
from allocations.models import Attempt, Run, TrailEntry
from allocations.services import answering, draining, leases, planning, runs, sending
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


def test_f57_an_answer_stored_before_an_update_is_read_after_it(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=4)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "CODE_VERSION", "0.0.9")
        patch.setattr(answering, "apply_kept", lambda *_, **__: None)
        draining.work_on(begun(portal, run), gateway=portal.gateway)
    assert list(Attempt.objects.values_list("state", "code_version")) == [("answered", "0.0.9")]
    for _ in range(2):
        portal.drain_after(run, minutes=6)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
    assert list(Attempt.objects.values_list("state", "code_version")) == [
        ("applied", "0.0.9"),
        ("applied", CODE_VERSION),
    ]
    assert portal.sim.control.state()["requests"]["bulk"] == 2


def begun(portal: Portal, run: Run) -> leases.Claim:
    planning.begin_run(run.pk, gateway=portal.gateway)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert claim is not None
    return claim
