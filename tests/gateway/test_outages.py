import os
import sqlite3
import subprocess
import sys

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection

from allocations.gateway.outages import is_outage


def caused(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


def of_sqlite(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = getattr(sqlite3, name)
    return error


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        (psycopg.errors.CannotConnectNow("starting up"), True),
        (psycopg.errors.DiskFull("no space"), True),
        (psycopg.errors.TooManyConnections("sorry"), True),
        (psycopg.errors.QueryCanceled("statement timeout"), False),
        (psycopg.errors.DeadlockDetected("deadlock"), False),
        (of_sqlite("SQLITE_BUSY"), True),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), True),
        (of_sqlite("SQLITE_CANTOPEN"), True),
        (of_sqlite("SQLITE_FULL"), True),
        (of_sqlite("SQLITE_ERROR"), False),
    ],
)
def test_what_is_an_outage(cause: Exception, expected: bool) -> None:
    assert is_outage(caused(OperationalError("said"), cause)) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InterfaceError("connection already closed"), True),
        (ProgrammingError("no such column"), False),
        (DatabaseError("said"), False),
        (RuntimeError("a defect"), False),
        (None, False),
    ],
)
def test_other_errors(error: Exception | None, expected: bool) -> None:
    assert is_outage(error) is expected


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL calls it a ProgrammingError")
def test_a_mistake_of_ours_is_none() -> None:
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert not is_outage(caught.value)


def test_a_server_that_nobody_reaches() -> None:
    """As Django and psycopg really raise it."""
    code = (
        "import os, django; os.environ['DATABASE_URL'] = 'postgresql://portal@127.0.0.1:9/portal'; django.setup()\n"
        "from django.db import connection; from allocations.gateway.outages import is_outage\n"
        "try: connection.ensure_connection()\n"
        "except Exception as error: print(is_outage(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    assert done.stdout.split() == ["True"]
