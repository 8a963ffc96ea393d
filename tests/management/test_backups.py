"""The drill: a running portal backed up, put back somewhere else, and told that it may have forgotten something."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyrage
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from allocations.models import Installation, Upload
from allocations.services import sealing
from tests.factories.batches import approved_batch
from tests.factories.lists import UploadFactory
from tests.services_up.postgresql import client_binaries

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = b"Name,Mobile,Amount\nAsha Rao,9812345671,700\n"


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch) -> Path:
    settings.MEDIA_ROOT, settings.SPOOL_ROOT = tmp_path / "live" / "media", tmp_path / "live" / "spool"
    monkeypatch.setenv("PATH", f"{client_binaries()}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "backups").mkdir()
    return tmp_path


@pytest.fixture
def key(places, settings, capsys) -> Path:
    call_command("make_backup_key", places / "key")
    settings.BACKUP_KEYS = [capsys.readouterr().out.strip().removeprefix("BACKUP_KEYS=")]
    return places / "key"


@pytest.fixture
def elsewhere(places) -> Iterator[dict[str, str]]:
    """The environment of another installation, which is empty."""
    there = {"MEDIA_ROOT": str(places / "there" / "media"), "SPOOL_ROOT": str(places / "there" / "spool")}
    if connection.vendor == "sqlite":
        yield {**there, "DATABASE_URL": f"sqlite:///{places / 'there.sqlite3'}"}
        return
    known = connection.settings_dict
    name = f"{known['NAME']}_restored"
    drop, create = (
        sql.SQL(f"{verb} {{}}").format(sql.Identifier(name)) for verb in ("DROP DATABASE IF EXISTS", "CREATE DATABASE")
    )
    options = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **{k: v for k, v in options.items() if v}) as server:
        server.execute(drop)
        server.execute(create)
        host, port = known["HOST"], known["PORT"] or 5432
        yield {
            **there,
            "DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}@/{name}?host={host}&port={port}",
        }
        server.execute(drop)


def manage(there: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **there},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def backed_up(places: Path) -> Path:
    call_command("back_up", places / "backups")
    (made,) = (places / "backups").iterdir()
    return made


def filled(settings) -> Upload:
    batch = approved_batch(run_state="running", credited=2, unknown=1)
    upload = UploadFactory(batch=batch)
    path = Path(upload.file.path)
    path.write_bytes(SECRET)
    Path(settings.SPOOL_ROOT).mkdir(parents=True, exist_ok=True)
    Path(settings.SPOOL_ROOT, "7-ab.answer").write_bytes(b"spooled")
    sealing.link_entries()
    return upload


def test_drill(places, key, elsewhere, settings, capsys) -> None:
    upload = filled(settings)
    made = backed_up(places)
    assert b"Asha" not in made.read_bytes()
    done = manage(elsewhere, "restore_backup", made, "--key", key, "--because", "The disk failed.")
    assert done.returncode == 0, done.stderr
    assert "Recovery began: nothing is sent." in done.stdout
    there = Path(elsewhere["MEDIA_ROOT"])
    assert (there / upload.file.name).read_bytes() == SECRET
    assert Path(elsewhere["SPOOL_ROOT"], "7-ab.answer").read_bytes() == b"spooled"
    shown = manage(elsewhere, "batch", "show", upload.batch_id)
    assert "2 credited" in shown.stdout, shown.stderr
    assert "1 unknown" in shown.stdout
    verified = manage(elsewhere, "verify_trail")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    # The portal that was backed up goes on as before.
    assert Installation.objects.filter(recovering_since__isnull=False).count() == 0


def test_nothing_is_written_over(places, key, elsewhere, settings) -> None:
    filled(settings)
    made = backed_up(places)
    manage(elsewhere, "migrate")
    again = manage(elsewhere, "restore_backup", made, "--key", key, "--because", "x")
    assert (again.returncode, "already. M" in again.stderr, "Nothing was changed." in again.stderr) == (1, True, True)
    there = Path(elsewhere["MEDIA_ROOT"])
    there.mkdir(parents=True, exist_ok=True)
    (there / "list").write_bytes(b"mine")
    fresh = elsewhere | (
        {"DATABASE_URL": f"sqlite:///{places / 'third.sqlite3'}"} if connection.vendor == "sqlite" else {}
    )
    again = manage(fresh, "restore_backup", made, "--key", key, "--because", "x")
    assert (again.returncode, (there / "list").read_bytes()) == (1, b"mine")


def test_another_key_opens_nothing(places, key, elsewhere, settings) -> None:
    filled(settings)
    made = backed_up(places)
    call_command("make_backup_key", places / "other")
    done = manage(elsewhere, "restore_backup", made, "--key", places / "other", "--because", "x")
    assert (done.returncode, "does not open with this key" in done.stderr) == (1, True)
    (places / "none").write_text("hello")
    assert (
        "holds no key" in manage(elsewhere, "restore_backup", made, "--key", places / "none", "--because", "x").stderr
    )


@pytest.mark.parametrize("cut", [0.3, 1.0])
def test_damaged_backup_is_noticed_before_anything_is_put_anywhere(places, key, elsewhere, settings, cut) -> None:
    filled(settings)
    made = backed_up(places)
    whole = made.read_bytes()
    at = min(int(len(whole) * cut), len(whole) - 1)
    made.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] if cut == 1.0 else whole[:at])
    done = manage(elsewhere, "restore_backup", made, "--key", key, "--because", "x")
    assert (done.returncode, "damaged" in done.stderr) == (1, True), done.stderr
    assert not list(Path(elsewhere["MEDIA_ROOT"]).rglob("*"))


def test_file_that_is_not_as_listed_is_noticed(places, key, elsewhere, settings, monkeypatch) -> None:
    filled(settings)
    monkeypatch.setattr("allocations.management.backups.archive._add", _lies)
    made = backed_up(places)
    done = manage(elsewhere, "restore_backup", made, "--key", key, "--because", "x")
    assert (done.returncode, "as its list says" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("kind", ["above", "link"])
def test_backup_that_leads_out_of_its_folder_is_refused(places, key, elsewhere, kind) -> None:
    """Whoever has the public key can write a file that opens."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo("media/../../../../../there.txt" if kind == "above" else "media/list")
        if kind == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member, io.BytesIO())
    forged = places / "forged.age"
    (public,) = django_settings.BACKUP_KEYS
    forged.write_bytes(pyrage.encrypt(packed.getvalue(), [pyrage.x25519.Recipient.from_str(public)]))
    done = manage(elsewhere, "restore_backup", forged, "--key", key, "--because", "x")
    assert (done.returncode, "none of this portal" in done.stderr) == (1, True), done.stderr
    assert not list(Path(elsewhere["MEDIA_ROOT"]).rglob("*"))


def test_folders_on_different_disks_are_restored(places, key, elsewhere, settings) -> None:
    """As mounted volumes are: MEDIA_ROOT below a folder that nobody may write, SPOOL_ROOT on another disk."""
    filled(settings)
    made = backed_up(places)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if Path(other).stat().st_dev == places.stat().st_dev:
            pytest.skip("/dev/shm is on the disk of the test's folder")
        there = elsewhere | {"SPOOL_ROOT": f"{other}/spool"}
        done = manage(there, "restore_backup", made, "--key", key, "--because", "x")
        assert done.returncode == 0, done.stderr
        assert Path(other, "spool", "7-ab.answer").read_bytes() == b"spooled"
    assert not list(Path(elsewhere["MEDIA_ROOT"]).parent.glob(".restore-*"))


def _lies(tar, path, name):
    tar.add(path, arcname=name)
    return "00" * 32


def test_without_a_key_nothing_is_backed_up(places, settings) -> None:
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEYS is empty"):
        call_command("back_up", places / "backups")
    settings.BACKUP_KEYS = ["age1nothing"]
    with pytest.raises(CommandError, match="no key"):
        call_command("back_up", places / "backups")
    assert list((places / "backups").iterdir()) == []


def test_disk_that_is_full_leaves_no_half_backup(places, key, settings, monkeypatch) -> None:
    filled(settings)

    def full(*_: object, **__: object) -> None:
        raise pyrage.EncryptError("No space left on device")

    monkeypatch.setattr("allocations.management.backups.archive.pyrage.encrypt_io", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("back_up", places / "backups")
    assert list((places / "backups").iterdir()) == []


def test_key_is_never_written_over_and_only_its_owner_reads_it(places, key) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="File exists"):
        call_command("make_backup_key", key)
