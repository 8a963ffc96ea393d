"""Batches from the command line: the same services, the same rules, and the trail knows where it was."""

import errno
import json
import os
import stat
import threading
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from allocations import queue
from allocations.imports.run import run_import
from allocations.models import Batch, TrailEntry, Upload
from tests.factories.batches import approved_batch, review_batch
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LIST = "Name,Mobile,Amount\nAsha,9812345671,500\nRavi,98,250\n"


def batch(*arguments: object) -> str:
    out = StringIO()
    call_command("batch", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _no_redis(monkeypatch) -> None:
    monkeypatch.setattr(queue, "ring_import", lambda _: None)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "diwali.csv"
    path.write_text(LIST)
    return path


def test_list_is_imported_for_its_maker(listed) -> None:
    maker, account = person("admin"), AccountFactory()
    said = batch("import", listed, "--as", maker.username, "--purpose", "Diwali", "--account", account.pk)
    made = Batch.objects.get()
    assert said == f"batch {made.pk} is made and waits to be checked\n"
    assert (made.uploaded_by, made.purpose, made.is_points_allocation) == (maker, "Diwali", True)
    entries = {(entry.event, entry.actor_id) for entry in TrailEntry.objects.all()}
    assert entries == {("batch created", maker.pk), ("list uploaded", maker.pk), ("batch made at the server", None)}


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_the_check_and_tells_what_was_found(listed, monkeypatch) -> None:
    def read(upload: int) -> None:
        def in_a_worker() -> None:
            run_import(upload)
            connection.close()

        transaction.on_commit(threading.Thread(target=in_a_worker).start)

    monkeypatch.setattr(queue, "ring_import", read)
    account = AccountFactory()
    said = batch(
        "import", listed, "--as", person("admin").username, "--purpose", "x", "--account", account.pk, "--wait"
    )
    assert ["batch", "1"][0] in said
    assert ": review, 2 rows, 500 points" in said
    assert "error: " in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"file": "/nowhere.csv"}, "There is no file /nowhere.csv."),
        ({"username": "nobody"}, "Nobody who may come in has the user name “nobody”."),
        ({"account": 999_999}, "Choose a reward account that exists."),
        ({"purpose": " "}, "The purpose is empty"),
        ({"purpose": "x" * 121}, "has 121 characters"),
        ({"purpose": "a\0b"}, "line break or an invisible character"),
        ({"purpose": "\x1b[2J"}, "line break or an invisible character"),
        ({"purpose": "\udcff"}, "line break or an invisible character"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(listed, change, sentence) -> None:
    known = {
        "file": listed,
        "username": person("admin").username,
        "account": AccountFactory().pk,
        "purpose": "x",
    } | change
    with pytest.raises(CommandError, match=sentence):
        batch(
            "import",
            known["file"],
            "--as",
            known["username"],
            "--purpose",
            known["purpose"],
            "--account",
            known["account"],
        )
    assert (Batch.objects.count(), TrailEntry.objects.count()) == (0, 0)


def test_roles_are_asked_for(listed) -> None:
    with pytest.raises(CommandError, match="you need the role admin"):
        batch("import", listed, "--as", person("auditor").username, "--purpose", "x", "--account", AccountFactory().pk)
    with pytest.raises(CommandError, match="export a batch"):
        batch("export", approved_batch(credited=1).pk, "--as", person("owner").username)


def test_batch_is_shown_without_anybodys_details() -> None:
    found = approved_batch(credited=2, failed=1)
    said = batch("show", found.pk)
    assert f"batch {found.pk}, Diwali 2026: approved" in said
    assert "rows: 2 credited, 1 failed" in said
    assert all(row.mobile not in said and row.name not in said for row in found.rows.all())
    assert "error: " in batch("show", review_batch(errors=1).pk)
    with pytest.raises(CommandError, match="no batch 999999"):
        batch("show", 999_999)


@pytest.mark.django_db(transaction=True)
def test_export_is_what_its_person_may_see(tmp_path) -> None:
    found = approved_batch(credited=2)
    for who, masked in ((found.uploaded_by, False), (person("auditor"), True)):
        folder = tmp_path / who.username
        folder.mkdir()
        said = batch("export", found.pk, "--as", who.username, "--kind", "jsonl", "--out", folder)
        (file,) = folder.iterdir()
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        assert (len(rows), rows[0]["Mobile"].startswith("*")) == (2, masked)
        assert f"{file}: 2 rows, SHA-256 " in said
    events = list(TrailEntry.objects.order_by("pk").values_list("event", "actor_id"))
    assert [event for event, _ in events].count("batch exported at the server") == 2
    with pytest.raises(CommandError, match="File exists"):
        batch("export", found.pk, "--as", who.username, "--kind", "jsonl", "--out", folder)


def test_file_with_a_name_that_is_no_text_is_taken(tmp_path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.csv")
    path.write_text(LIST)
    batch("import", path, "--as", person("admin").username, "--purpose", "x", "--account", AccountFactory().pk)
    assert Upload.objects.get().file_name == "_.csv"


@pytest.mark.django_db(transaction=True)
def test_export_is_for_nobody_else_on_the_server_and_whole(tmp_path, monkeypatch) -> None:
    found = approved_batch(credited=2)

    def export() -> str:
        return batch("export", found.pk, "--as", found.uploaded_by.username, "--out", tmp_path)

    export()
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.unlink()
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    file.symlink_to(elsewhere)
    with pytest.raises(CommandError, match="File exists"):
        export()
    assert not elsewhere.exists()
    file.unlink()

    def fills_the_disk(_: object, target: BinaryIO) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("allocations.management.commands.batch.shutil.copyfileobj", fills_the_disk)
    with pytest.raises(CommandError, match="csv: No space left on device"):
        export()
    assert list(tmp_path.iterdir()) == []
    assert TrailEntry.objects.filter(event="batch exported at the server").count() == 1


def test_folder_is_looked_for_before_anything_is_noted(tmp_path) -> None:
    found = approved_batch(credited=1)
    noted = TrailEntry.objects.count()
    with pytest.raises(CommandError, match="There is no folder"):
        batch("export", found.pk, "--as", found.uploaded_by.username, "--out", tmp_path / "nowhere")
    assert TrailEntry.objects.count() == noted
