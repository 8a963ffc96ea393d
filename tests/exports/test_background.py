"""A worker writes an export: the file equals the one that is handed out at once, and nothing half is ever offered."""

import errno
import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.http import QueryDict
from django.utils import timezone

from allocations.exports import background, batch
from allocations.exports.batch import batch_file
from allocations.jobs import exports as job
from allocations.models import Chunk, ExportJob, TrailEntry
from allocations.services import export_jobs
from tests.factories.batches import approved_batch
from tests.factories.exports import ExportJobFactory
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_connection(monkeypatch) -> None:
    """The test's own connection must outlive the job."""
    monkeypatch.setattr(job.connections, "close_all", lambda: None)


def asked(batch_, *, by=None, **fields) -> ExportJob:
    return ExportJobFactory(batch=batch_, asked_by=by or person("auditor"), **fields)


def write(export: ExportJob) -> ExportJob:
    job.write_export(export.pk)
    export.refresh_from_db()
    return export


def content(export: ExportJob) -> bytes:
    with export.file.open("rb") as file:
        return file.read()


def files(export: ExportJob) -> list[str]:
    folder = Path(default_storage.path(export_jobs.FOLDER))
    return sorted(path.name for path in folder.glob(f"{export.pk}-*"))


@pytest.mark.parametrize("kind", ["csv", "csv-exact", "jsonl"])
def test_the_file_is_that_of_a_direct_export(kind: str) -> None:
    given = approved_batch(credited=3, failed=1, left_out=1)
    export = write(asked(given, kind=kind))
    direct = batch_file(
        actor("auditor"),
        batch_id=given.pk,
        kind=kind,
        reasons=background.REASONS,
        evidence=background.EVIDENCE_WORDS,
    )
    with direct.file as file:
        assert content(export) == file.read()
    assert (export.state, export.name, export.sha256) == ("ready", direct.name, direct.sha256)
    assert (export.rows_done, export.size, export.in_full) == (5, len(content(export)), False)
    assert files(export) == [f"{export.pk}-1"]


def test_workbook_leaves_no_parts() -> None:
    export = write(asked(approved_batch(credited=2), kind="xlsx", outcome="credited"))
    assert (export.state, content(export)[:2], files(export)) == ("ready", b"PK", [f"{export.pk}-1"])


def test_trail_has_the_entry_of_every_export_with_rows_and_hash() -> None:
    given = approved_batch(credited=3, failed=1)
    export = write(asked(given))
    entry = TrailEntry.objects.get(event="batch exported")
    assert (entry.actor_id, entry.batch_id) == (export.asked_by_id, given.pk)
    assert (entry.data["rows"], entry.data["points"], entry.data["credited_points"]) == (4, 2000, "1500")
    assert entry.data["sha256"] == export.sha256 == hashlib.sha256(content(export)).hexdigest()


def test_search_by_filter_is_written_with_its_foot() -> None:
    approved_batch(credited=3, failed=2)
    export = write(ExportJobFactory(batch=None, query="state=failed", asked_by=person("auditor")))
    lines = content(export).decode("utf-8-sig").splitlines()
    assert (export.state, export.rows_done, export.rows_total, len(lines)) == ("ready", 2, 2, 4)
    assert lines[-1].startswith('"Total","2 rows"')
    assert TrailEntry.objects.get(event="search exported").data["filter"] == {"state": "failed"}


def test_second_delivery_finds_nothing_to_do() -> None:
    export = write(asked(approved_batch(credited=1)))
    write(export)
    assert (export.epoch, TrailEntry.objects.filter(event="batch exported").count()) == (1, 1)


def test_what_does_not_add_up_is_a_sentence_and_no_file() -> None:
    given = approved_batch(failed=2)
    Chunk.objects.filter(run__batch=given).update(failed=3)
    export = write(asked(given))
    assert (export.state, files(export), export.file.name) == ("failed", [], "")
    assert "Nothing was exported." in export.error
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_who_lost_the_role_meanwhile_gets_nothing() -> None:
    who = person("auditor")
    export = asked(approved_batch(credited=1), by=who)
    who.groups.clear()
    assert (write(export).state, "you need the role" in export.error, files(export)) == ("failed", True, [])


def test_full_disk_is_told(monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(batch, "write_csv", full)
    export = write(asked(approved_batch(credited=1)))
    assert (export.state, "disk is full" in export.error, files(export)) == ("failed", True, [])


def test_defect_fails_it_and_a_database_that_is_away_leaves_it_to_the_sweeper(monkeypatch) -> None:
    def fail(error: Exception) -> None:
        def raising(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(batch, "write_csv", raising)

    given = approved_batch(credited=1)
    export = asked(given)
    fail(OperationalError("away"))
    with pytest.raises(OperationalError):
        write(export)
    export.refresh_from_db()
    assert export.state == "writing"
    fail(ValueError("ours"))
    ExportJob.objects.filter(pk=export.pk).update(seen_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(ValueError, match="ours"):
        write(export)
    export.refresh_from_db()
    assert (export.state, export.error, files(export)) == ("failed", export_jobs.DEFECT, [])


def test_a_writer_that_was_thought_dead_hands_nothing_out(monkeypatch) -> None:
    export = asked(approved_batch(credited=1))
    monkeypatch.setattr(background, "finish_export", _overtaken(export))
    write(export)
    assert (export.state, files(export)) == ("writing", [])
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_an_overtaken_writer_that_fails_leaves_the_other_alone(monkeypatch) -> None:
    export = asked(approved_batch(credited=1))

    def fail(*_: object, **__: object) -> None:
        raise ValueError("ours")

    monkeypatch.setattr(batch, "write_csv", fail)
    claimed = export_jobs.claim_export

    def claim_and_lose(export_id: int, *, now):
        claim = claimed(export_id, now=now)
        ExportJob.objects.filter(pk=export_id).update(epoch=9)
        return claim

    monkeypatch.setattr(export_jobs, "claim_export", claim_and_lose)
    with pytest.raises(ValueError, match="ours"):
        write(export)
    export.refresh_from_db()
    assert (export.state, export.epoch) == ("writing", 9)


def _overtaken(export: ExportJob):
    def finish(claim, written, *, now) -> None:
        ExportJob.objects.filter(pk=export.pk).update(epoch=9)
        export_jobs.finish_export(claim, written, now=now)

    return finish


def test_pulse_tells_how_far_it_is(monkeypatch) -> None:
    monkeypatch.setattr(background, "PULSE_SECONDS", 0.01)
    export = asked(approved_batch(credited=2))
    seen, told = threading.Event(), background.note_progress
    noted: list[tuple[int, int]] = []

    def note(claim, *, now, **changes) -> None:
        told(claim, now=now, **changes)
        noted.append((changes["rows_done"], changes["rows_total"]))
        if noted[-1][0]:
            seen.set()

    before = batch.check

    def wait(*args: object, **more: object) -> None:
        assert seen.wait(10)
        before(*args, **more)

    monkeypatch.setattr(background, "note_progress", note)
    monkeypatch.setattr(batch, "check", wait)
    assert (write(export).state, noted[-1]) == ("ready", (2, 2))


def test_query_of_a_search_is_read_as_its_page_reads_it() -> None:
    assert job.search_of(QueryDict("state=failed&year=2026")).filter == {"state": "failed", "year": "2026"}
