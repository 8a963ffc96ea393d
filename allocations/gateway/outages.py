"""Whether an error says that the database was away or out of room: no defect of ours, and over when it is back."""

import sqlite3
from typing import Final

from django.db import InterfaceError, OperationalError

SECONDS: Final = 10
"""After which whoever met an outage may ask again."""
# PostgreSQL's classes: connection lost, out of resources, the server is stopped or starts.
_CLASSES: Final = ("08", "53", "57P")
_SQLITE: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
)


def is_outage(error: BaseException | None) -> bool:
    """False for what a mistake in a statement causes, a deadlock, or a limit that we set ourselves."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The last eight bits; the others say more about the same.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    # A connection that could not be made has no code.
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(_CLASSES)


def in_a_line(error: BaseException) -> str:
    """What the database, or the way to it, said first."""
    return str(error).strip().partition("\n")[0]
