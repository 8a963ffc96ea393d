from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from rewards_portal.databases import POSTGRESQL_OPTIONS, SQLITE_OPTIONS, database

BASE = Path("/srv/portal")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///var/a.sqlite3", "/srv/portal/var/a.sqlite3"),
        ("sqlite:////data/a.sqlite3", "/data/a.sqlite3"),
        ("sqlite:////a%20folder/a.sqlite3", "/a folder/a.sqlite3"),
    ],
)
def test_sqlite_file(url: str, expected: str) -> None:
    assert database(url, base=BASE)["NAME"] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@db:5433/portal", ("portal", "u", "p@ss", "db", "5433", {})),
        ("postgres://db/portal", ("portal", "", "", "db", "", {})),
        ("postgresql://u@/portal?host=/run/a%20b", ("portal", "u", "", "/run/a b", "", {})),
        ("postgresql://u@db/portal?sslmode=verify-full", ("portal", "u", "", "db", "", {"sslmode": "verify-full"})),
        ("postgresql://db/portal?connect_timeout=3", ("portal", "", "", "db", "", {"connect_timeout": "3"})),
    ],
)
def test_postgresql_server(url: str, expected: tuple[object, ...]) -> None:
    made = database(url, base=BASE)
    *where, options = (made[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"))
    assert (*where, options) == (*expected[:-1], POSTGRESQL_OPTIONS | expected[-1])


@pytest.mark.parametrize("url", ["mysql://db/portal", "portal.sqlite3", "sqlite://", "postgresql://db"])
def test_other_address_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL "):
        database(url, base=BASE)


def test_sqlite_takes_the_write_lock_at_once() -> None:
    """F24."""
    assert (SQLITE_OPTIONS["transaction_mode"], SQLITE_OPTIONS["timeout"]) == ("IMMEDIATE", 20)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="these are SQLite's own settings")
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("recursive_triggers", 1)])
def test_sqlite_is_set_up(pragma: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)
