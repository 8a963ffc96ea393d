"""The database as a file, and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_SIDES = ("-wal", "-shm", "-journal")


class BackupFailed(Exception):
    """What could not be done, in words."""


def dump(target: Path) -> None:
    """As of one moment, while everything goes on."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_file())) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
        return
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], last="--dbname")


def load(source: Path) -> None:
    """Into a database that holds nothing. Raises BackupFailed."""
    if connection.vendor == "sqlite":
        connections.close_all()
        part = _file().with_name(f"{_file().name}.restoring")
        shutil.copyfile(source, part)
        part.chmod(0o600)
        part.replace(_file())
        return
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source)]
    _run("pg_restore", options, last="--dbname")


def insist_on_empty() -> None:
    """Nothing is written over: whoever restores into the wrong place loses nothing. Raises BackupFailed."""
    if connection.vendor == "sqlite":
        there = [path for path in (_file(), *_beside()) if path.exists() and path.stat().st_size]
        if there:
            raise BackupFailed(f"{there[0]} is there already. Move it away first, and keep it until all is well.")
        return
    if tables := connection.introspection.table_names():
        raise BackupFailed(
            f"The database has {len(tables)} tables already. Make an empty one, and keep the old one until all is well."
        )


def _file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _beside() -> list[Path]:
    return [_file().with_name(_file().name + side) for side in _SIDES]


def _run(program: str, options: Sequence[str], *, last: str) -> None:
    """With the password in the environment: arguments are there for everybody on the machine to read."""
    known = connection.settings_dict
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(f"{program} is not here. Install PostgreSQL's client programs, as new as the server.")
    named = {"--host": known["HOST"], "--port": known["PORT"], "--username": known["USER"], last: known["NAME"]}
    arguments = [f"{name}={value}" for name, value in named.items() if value]
    secret = {"PGPASSWORD": str(known["PASSWORD"])} if known["PASSWORD"] else {}
    done = subprocess.run(  # noqa: S603 - a program that was found, and options of ours
        [found, "--no-password", *arguments, *options],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip() or done.returncode}")
