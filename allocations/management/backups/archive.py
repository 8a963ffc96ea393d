"""One backup: a tar closed by age, with a list of what is in it at its end."""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import BinaryIO

import pyrage
from django.conf import settings
from django.db import connection

from allocations.gateway import CODE_VERSION
from allocations.management.backups.databases import NAMES, BackupFailed, dump, insist_on_empty, load
from allocations.models import TrailEntry

_LIST = "contents.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a backup. `files`: name -> SHA-256; `entries`, `link`: how long the trail was, and its last link."""

    made_at: str
    vendor: str
    version: str
    entries: int
    link: str
    files: dict[str, str]


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Raises BackupFailed."""
    if not keys:
        raise BackupFailed(
            "BACKUP_KEYS is empty, so nobody could open the backup. Make a key: manage.py make_backup_key"
        )
    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError:
        raise BackupFailed("BACKUP_KEYS holds something that is no key. Keys begin with age1.") from None


def write_backup(target: Path, *, keys: Sequence[str], now: datetime) -> Contents:
    """Whole or not at all. The database's copy stands beside the target for a while, readable by this user only."""
    for_whom = recipients(keys)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as work:
        copy = Path(work) / NAMES[connection.vendor]
        # Before the copy: it has at least these entries.
        last = TrailEntry.objects.filter(number__isnull=False).order_by("-number").first()
        dump(copy)
        part = Path(work) / "part"
        with part.open("xb") as file, _closed_by(for_whom, file) as stream:
            files = _write(stream, copy)
            contents = Contents(
                made_at=now.isoformat(timespec="seconds"),
                vendor=connection.vendor,
                version=CODE_VERSION,
                entries=last.number if last and last.number else 0,
                link=last.link if last else "",
                files=files,
            )
            _add_text(stream, _LIST, json.dumps(asdict(contents), indent=1))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.link(part, target)
    return contents


def restore_backup(source: Path, *, identity: str) -> Contents:
    """Into an empty place. Everything is compared with the list before anything is put anywhere."""
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError:
        raise BackupFailed("The key's file holds no key. Keys that open begin with AGE-SECRET-KEY-.") from None
    insist_on_empty()
    places = {name: _empty(folder) for name, folder in _folders().items()}
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=_work_folder()) as work:
        plain = Path(work) / "plain.tar"
        try:
            pyrage.decrypt_file(str(source), str(plain), [key])
        except (pyrage.DecryptError, OSError) as error:
            raise BackupFailed(f"The backup does not open with this key, or is damaged: {error}") from None
        unpacked = Path(work) / "unpacked"
        _unpack(plain, unpacked)
        contents = _compared(unpacked)
        if contents.vendor != connection.vendor:
            raise BackupFailed(f"This is a backup of {contents.vendor}, and DATABASE_URL names {connection.vendor}.")
        load(unpacked / NAMES[connection.vendor])
        for name, place in places.items():
            if (unpacked / name).is_dir():
                _move(unpacked / name, place)
    return contents


def _folders() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "spool": Path(settings.SPOOL_ROOT)}


def _work_folder() -> Path:
    """Where the files go, so that they are moved instead of copied; the folder above may be closed to us."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _empty(folder: Path) -> Path:
    if folder.is_dir() and any(folder.iterdir()):
        raise BackupFailed(f"The folder {folder} is not empty. Move it away first, and keep it until all is well.")
    return folder


def _move(source: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        # Between disks it copies.
        shutil.move(path, place / path.name)


@contextmanager
def _closed_by(for_whom: "list[pyrage.x25519.Recipient]", target: BinaryIO) -> Iterator[tarfile.TarFile]:
    """A tar whose bytes go through age into `target` as they come."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def close() -> None:
        try:
            with os.fdopen(reading, "rb") as plain:
                pyrage.encrypt_io(plain, target, for_whom)
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits
            failed.append(error)

    thread = Thread(target=close)
    thread.start()
    try:
        with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
            yield tar
    except BrokenPipeError:
        pass
    finally:
        thread.join()
    if failed:
        raise BackupFailed(f"The backup could not be written: {failed[0]}") from failed[0]


def _write(tar: tarfile.TarFile, copy: Path) -> dict[str, str]:
    files = {copy.name: _add(tar, copy, copy.name)}
    for name, folder in _folders().items():
        # After the database: whatever it names is here, and what came later does no harm.
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                inside = f"{name}/{path.relative_to(folder).as_posix()}"
                if (sha256 := _add(tar, path, inside)) is not None:
                    files[inside] = sha256
    return {name: sha256 for name, sha256 in files.items() if sha256}


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str | None:
    """None where it went meanwhile: an export whose days are over, an answer that was taken."""
    try:
        with path.open("rb") as file:
            info = tar.gettarinfo(arcname=name, fileobj=file)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            counted = _Counted(file)
            tar.addfile(info, counted)
            return counted.sha256.hexdigest()
    except FileNotFoundError:
        return None


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        info = tarfile.TarInfo(name)
        info.size = len(text.encode())
        tar.addfile(info, file)


class _Counted:
    """A file that hashes what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self.sha256 = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.sha256.update(block)
        return block


def _unpack(plain: Path, folder: Path) -> None:
    """By hand: tarfile's own filters are not in every Python 3.11. Whoever has the public key can write a backup."""
    with tarfile.open(plain) as tar:
        for member in tar:
            name = PurePosixPath(member.name)
            if not member.isreg() or name.is_absolute() or ".." in name.parts:
                raise BackupFailed(f"{member.name} is no file of a backup: the file is none of this portal.")
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (packed := tar.extractfile(member)) is not None:
                with packed, place.open("xb") as file:
                    shutil.copyfileobj(packed, file, _BLOCK)
            place.chmod(member.mode & 0o755)


def _compared(folder: Path) -> Contents:
    listed = folder / _LIST
    if not listed.is_file():
        raise BackupFailed("The backup has no list of its contents: it was cut off, or is none of this portal.")
    contents = Contents(**json.loads(listed.read_text()))
    for name, sha256 in contents.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != sha256:
            raise BackupFailed(f"{name} is not in the backup as its list says. Take another backup.")
    return contents


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
