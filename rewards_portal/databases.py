"""DATABASE_URL to Django's settings: sqlite:///path (four slashes for an absolute one) or postgresql://."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# IMMEDIATE takes the write lock at BEGIN: a read that turns into a write is then never refused as "locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA recursive_triggers=ON;",
}


# A machine that is cut off says no goodbye: left to the kernels' defaults it would hold its locks for two hours, and
# its own next query would hang for a quarter of one. Both ends give up after a silence of about 40 seconds, sooner than
# any lease ends in production.
_SILENCE = {"keepalives_idle": "20", "keepalives_interval": "5", "keepalives_count": "4", "tcp_user_timeout": "40000"}
# The same, told to the server; and no compiling of statements, which takes half a second for an export that reads its
# rows in less.
_SERVER = {
    **{name if name.startswith("tcp") else f"tcp_{name}": value for name, value in _SILENCE.items()},
    "jit": "off",
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": "10",
    **_SILENCE,
    "options": " ".join(f"-c {name}={value}" for name, value in _SERVER.items()),
}


def database(url: str, *, base: Path) -> dict[str, Any]:
    """Return DATABASES["default"] for `url`; a relative SQLite path counts from `base`."""
    parts = urlsplit(url)
    match parts.scheme:
        case "sqlite":
            return _sqlite(unquote(parts.path.removeprefix("/")), base=base)
        case "postgresql" | "postgres":
            return _postgresql(url)
        case other:
            raise ImproperlyConfigured(
                f"DATABASE_URL starts with {other!r}; it is sqlite:///var/portal.sqlite3 or postgresql://user@host/name."
            )


def _sqlite(path: str, *, base: Path) -> dict[str, Any]:
    if not path:
        raise ImproperlyConfigured("DATABASE_URL names no file; set for example sqlite:///var/portal.sqlite3.")
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(base / path), "OPTIONS": dict(SQLITE_OPTIONS)}


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if not parts.path.removeprefix("/"):
        raise ImproperlyConfigured("DATABASE_URL names no database; set for example postgresql://user@host/name.")
    options: dict[str, Any] = {**POSTGRESQL_OPTIONS, **dict(parse_qsl(parts.query))}
    # A unix socket's folder has no place in the host part of an address; libpq takes it as ?host=/folder.
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(options.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
