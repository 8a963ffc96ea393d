from datetime import timedelta

import pytest

from allocations import queue
from allocations.models import Chunk, Lane, Reversal, Run, SweeperLease, Upload
from allocations.services import planning, sweeping
from tests.factories.lists import UploadFactory
from tests.services.conftest import Portal
from tests.services.reversal_desk import open_desk

pytestmark = pytest.mark.django_db

EVERY = timedelta(seconds=30)


@pytest.fixture
def bells(monkeypatch) -> list[tuple[str, int]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(queue, "ring_run", lambda run_id: rung.append(("run", run_id)))
    monkeypatch.setattr(queue, "ring_import", lambda upload_id: rung.append(("import", upload_id)))
    return rung


def sweep(portal: Portal, worker: str = "sweeper"):
    return sweeping.sweep(gateway=portal.as_worker(worker).gateway, every=EVERY)


def begun(portal: Portal, **fields) -> Run:
    run = portal.approved_run(**fields)
    planning.begin_run(run.pk, gateway=portal.gateway)
    return run


def test_two_sweepers_do_not_sweep_together(portal: Portal) -> None:
    assert sweep(portal, "one") is not None
    assert sweep(portal, "two") is None
    assert sweep(portal, "one") is not None
    portal.clock.forward(seconds=91)
    assert sweep(portal, "two") is not None
    assert SweeperLease.objects.get().owner == "two"


def test_sweep_rings_for_what_the_doorbell_lost(portal: Portal, bells) -> None:
    run = portal.approved_run(rows=2)
    upload = UploadFactory(batch=run.batch)
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=portal.clock() - timedelta(seconds=11))
    bells.clear()
    assert sweep(portal) == (1, 1)
    assert bells == [("run", run.pk), ("import", upload.pk)]


def runs_found(portal: Portal) -> list[int]:
    return list(sweeping.runs_with_work(portal.clock()).values_list("pk", flat=True))


def test_a_running_run_is_rung_for_when_a_chunk_and_a_lane_are_free(portal: Portal) -> None:
    run = begun(portal, rows=4)
    soon, later = portal.clock() + timedelta(seconds=1), portal.clock() + timedelta(minutes=5)
    assert runs_found(portal) == [run.pk]
    Lane.objects.update(lease_expires_at=soon)
    assert runs_found(portal) == []
    Lane.objects.update(lease_expires_at=None)
    Chunk.objects.filter(number=1).update(lease_expires_at=later)
    Chunk.objects.filter(number=2).update(next_action_at=later)
    assert runs_found(portal) == []
    portal.clock.forward(minutes=6)
    assert runs_found(portal) == [run.pk]


def test_a_running_run_with_nothing_left_is_rung_for_to_be_concluded(portal: Portal) -> None:
    run = begun(portal, rows=2)
    Chunk.objects.update(state="done")
    assert runs_found(portal) == [run.pk]


@pytest.mark.parametrize("state", ["paused", "attention", "settled"])
def test_a_run_that_waits_for_people_or_has_ended_is_not_rung_for(portal: Portal, state: str) -> None:
    begun(portal, rows=2)
    Run.objects.update(state=state)
    assert runs_found(portal) == []


def test_a_run_that_backs_off_is_not_rung_for(portal: Portal) -> None:
    begun(portal, rows=2)
    Run.objects.update(next_action_at=portal.clock() + timedelta(seconds=1))
    assert runs_found(portal) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"state": "waiting"}, 0),
        ({"state": "waiting", "age": 11}, 1),
        ({"state": "reading", "age": 99}, 1),
        ({"state": "reading", "age": 99, "silent": 59}, 0),
        ({"state": "checking", "age": 99, "silent": 61}, 1),
        ({"state": "ready", "age": 99, "silent": 99}, 0),
        ({"state": "refused", "age": 99}, 0),
    ],
)
def test_silent_uploads_are_those_whose_reader_is_gone(portal: Portal, fields, found: int) -> None:
    now = portal.clock()
    seen_at = now - timedelta(seconds=fields["silent"]) if "silent" in fields else None
    upload = UploadFactory(state=fields["state"])
    Upload.objects.update(uploaded_at=now - timedelta(seconds=fields.get("age", 0)), seen_at=seen_at)
    assert list(sweeping.silent_uploads(now)) == [upload][:found]


def test_sweep_rings_for_a_reversal_whose_ring_was_lost(portal: Portal, bells, monkeypatch) -> None:
    desk = open_desk(portal)
    waiting, held = desk.approved(40), desk.approved(60)
    Reversal.objects.filter(pk=held.pk).update(pause_code="login")
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_reversal", rung.append)
    assert sweep(portal) == (0, 0)
    assert rung == [waiting.pk]
