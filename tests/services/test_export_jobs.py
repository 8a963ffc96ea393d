"""Asking, claiming, ending: what a large export is before and after a worker wrote it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from allocations import queue
from allocations.domain.errors import NotAllowed, StateConflict
from allocations.models import ExportJob, TrailEntry
from allocations.models.export_jobs import ExportState
from allocations.services import export_jobs
from allocations.services.export_jobs import GIVEN_UP, MAX_TRIES, SILENCE, Superseded, Written
from tests.factories.batches import approved_batch
from tests.factories.exports import ExportJobFactory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def bells(monkeypatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(queue, "ring_export", rung.append)
    return rung


def draft(claim, content: bytes = b"rows") -> Path:
    path = Path(default_storage.path(export_jobs.draft_path(claim)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def written(claim, *, notes: list[str] | None = None) -> Written:
    told = [] if notes is None else notes
    path = export_jobs.draft_path(claim)
    return Written(path, "batch.csv", 4, "ab" * 32, 7, in_full=False, note=lambda: told.append("noted"))


def events() -> list[str]:
    return list(TrailEntry.objects.filter(object_type="export").order_by("pk").values_list("event", flat=True))


def claimed(**fields):
    export = ExportJobFactory(**fields)
    claim = export_jobs.claim_export(export.pk, now=NOW)
    assert claim is not None
    return export, claim


def state(export) -> str:
    export.refresh_from_db()
    return export.state


def test_the_same_asked_for_twice_is_one_and_rings_once(bells) -> None:
    who, batch = actor("auditor"), approved_batch(credited=1)
    ways = ({"outcome": ""}, {"outcome": ""}, {"outcome": "credited"})
    asked = [export_jobs.ask_export(who, batch_id=batch.pk, kind="csv", **way).pk for way in ways]
    assert (asked[0] == asked[1] != asked[2], bells) == (True, [asked[0], asked[2]])
    entry = TrailEntry.objects.filter(event="export asked for").first()
    assert (entry.actor_id, entry.batch_id, entry.data) == (who.id, batch.pk, {"kind": "csv"})


def test_asking_needs_the_role_and_stops_at_a_few(bells) -> None:
    batch = approved_batch(credited=1)
    with pytest.raises(NotAllowed):
        export_jobs.ask_export(actor("owner"), batch_id=batch.pk, kind="csv")
    who = actor("auditor")
    for number in range(export_jobs.MOST_OPEN):
        export_jobs.ask_export(who, batch_id=None, kind="csv", query=f"year={2020 + number}")
    with pytest.raises(StateConflict, match="5 exports of yours are not finished"):
        export_jobs.ask_export(who, batch_id=None, kind="csv", query="year=2019")
    assert ExportJob.objects.count() == len(bells) == export_jobs.MOST_OPEN


def test_one_worker_writes_it_until_it_falls_silent() -> None:
    export, first = claimed()
    assert export_jobs.claim_export(export.pk, now=NOW + SILENCE) is None
    left = draft(first)
    second = export_jobs.claim_export(export.pk, now=NOW + SILENCE + timedelta(seconds=1))
    assert (second.epoch, left.exists()) == (2, False)
    for write in (
        lambda: export_jobs.note_progress(first, now=NOW, rows_done=5),
        lambda: export_jobs.finish_export(first, written(first), now=NOW),
        lambda: export_jobs.fail_export(first, sentence="no", now=NOW),
    ):
        with pytest.raises(Superseded):
            write()
    export_jobs.finish_export(second, written(second), now=NOW)
    assert (state(export), events()) == ("ready", [])


def test_after_a_few_tries_it_is_given_up_and_says_so() -> None:
    export = ExportJobFactory(state="writing", epoch=MAX_TRIES, seen_at=NOW - 2 * SILENCE)
    assert export_jobs.claim_export(export.pk, now=NOW) is None
    assert (state(export), export.error, events()) == ("failed", GIVEN_UP, ["export failed"])


def test_an_end_without_its_entry_is_no_end() -> None:
    export, claim = claimed()

    def refuse() -> None:
        raise StateConflict("the trail is away")

    done = written(claim)
    with pytest.raises(StateConflict, match="the trail is away"):
        export_jobs.finish_export(
            claim,
            Written(done.path, done.name, 4, done.sha256, 7, in_full=False, note=refuse),
            now=NOW,
        )
    assert (state(export), export.file.name) == ("writing", "")


def test_a_defect_fails_what_is_being_written_and_nothing_else() -> None:
    export, claim = claimed()
    path = draft(claim)
    export_jobs.fail_for_defect(claim)
    assert (state(export), export.error, path.exists()) == ("failed", export_jobs.DEFECT, False)
    export_jobs.fail_for_defect(claim)
    assert events() == ["export failed"]


def test_a_defect_of_a_writer_that_was_overtaken_fails_nothing() -> None:
    export, first = claimed()
    second = export_jobs.claim_export(export.pk, now=NOW + 2 * SILENCE)
    path = draft(second)
    export_jobs.fail_for_defect(first)
    assert (state(export), path.exists(), events()) == ("writing", True, [])


def test_files_go_when_their_days_are_over(settings) -> None:
    settings.EXPORT_DAYS = 7
    export, claim = claimed()
    path = draft(claim)
    export_jobs.finish_export(claim, written(claim), now=NOW)
    export_jobs.expire_due(now=NOW + timedelta(days=6, hours=23))
    assert (state(export), path.exists()) == ("ready", True)
    export_jobs.expire_due(now=NOW + timedelta(days=7))
    assert (state(export), export.file.name, export.sha256, path.exists()) == ("gone", "", "ab" * 32, False)
    assert events() == ["export deleted"]


def test_what_a_killed_writer_left_goes_and_what_is_written_stays() -> None:
    export, claim = claimed()
    path = draft(claim)
    parts = path.with_suffix(".parts")
    parts.mkdir()
    (parts / "sheet").write_bytes(b"x")
    export_jobs.remove_strays()
    assert (path.exists(), parts.exists()) == (True, True)
    export_jobs.end_exports(Q(pk=export.pk), now=NOW, why="a test")
    export_jobs.remove_strays()
    assert (path.exists(), parts.exists(), state(export)) == (False, False, "gone")
    with pytest.raises(Superseded):
        export_jobs.finish_export(claim, written(claim), now=NOW)


def test_sweeper_rings_for_what_waits_or_fell_silent(bells) -> None:
    waiting = ExportJobFactory(asked_at=NOW - timedelta(seconds=11))
    ExportJobFactory(asked_at=NOW)
    silent = ExportJobFactory(state="writing", seen_at=NOW - SILENCE - timedelta(seconds=1))
    ExportJobFactory(state="writing", seen_at=NOW)
    ExportJobFactory(state=ExportState.FAILED, asked_at=NOW - timedelta(days=1))
    export_jobs.ring_due(now=NOW)
    assert bells == [waiting.pk, silent.pk]
