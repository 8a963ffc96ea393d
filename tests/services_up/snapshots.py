"""Backup and restore of the test's own database, under the feet of whoever uses it."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

Restore = Callable[[], None]


@pytest.fixture
def backup(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], Restore]]:
    """Give a function that backs the database up and returns the one that puts it back."""
    if connection.vendor == "sqlite":
        yield lambda: _back_up_sqlite(tmp_path / "backup.sqlite3")
        return
    yield _back_up_postgresql
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(_copy_name())))


def _back_up_sqlite(copy: Path) -> Restore:
    live = str(connection.settings_dict["NAME"])
    _copy_sqlite(live, str(copy))
    return lambda: _copy_sqlite(str(copy), live)


def _copy_sqlite(source: str, target: str) -> None:
    connections.close_all()
    with sqlite3.connect(source) as read, sqlite3.connect(target) as write:
        read.backup(write)
    read.close()
    write.close()


def _back_up_postgresql() -> Restore:
    live = str(connection.settings_dict["NAME"])
    copy = _copy_name()
    _copy_postgresql(live, copy)
    return lambda: _copy_postgresql(copy, live)


def _copy_name() -> str:
    """Test processes share the server, and each has a database of its own."""
    return f"{connection.settings_dict['NAME']}_backup"


def _copy_postgresql(source: str, target: str) -> None:
    """A template copy needs the source for itself alone; a running worker's connections to the target are cut."""
    connections.close_all()
    names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)").format(**names))
        server.execute(sql.SQL("CREATE DATABASE {target} TEMPLATE {source}").format(**names))


def _server() -> psycopg.Connection:
    now = connection.settings_dict
    options = {"host": now["HOST"], "port": now["PORT"], "user": now["USER"], "password": now["PASSWORD"]}
    return psycopg.connect(
        dbname="postgres", autocommit=True, **{name: value for name, value in options.items() if value}
    )
