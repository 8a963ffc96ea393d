"""The databases that are measured: PostgreSQL with fsync on, SQLite with the portal's own pragmas."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services_up.postgresql import _ROLE, _identity, _initialise, _readable, _wait_for, client_binaries


@contextmanager
def postgresql() -> Iterator[str]:
    """A private cluster with default settings on a unix socket; yields its DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-pg-", ignore_cleanup_errors=True) as name:
        folder, identity = Path(name), _identity()
        if identity:
            folder.chmod(0o755)
            subprocess.run(["chown", str(identity["user"]), name], check=True)
        binaries = _readable(client_binaries(), folder=folder, identity=identity)
        _initialise(binaries, folder=folder, identity=identity)
        words = ["-D", str(folder / "data"), "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        with (folder / "log").open("w") as log:
            command = [str(binaries / "postgres"), *words]
            server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **identity)
            try:
                _wait_for(folder, server=server)
                yield f"postgresql://{_ROLE}@/postgres?host={folder}"
            finally:
                server.terminate()
                server.wait(timeout=60)


def environment(url: str, folder: Path) -> dict[str, str]:
    """What the portal's settings ask for, with nothing that leads out of this machine."""
    return {
        "DJANGO_SETTINGS_MODULE": "rewards_portal.settings",
        "DATABASE_URL": url,
        "ENKASH_ENVIRONMENT": "simulator",
        "ENKASH_API_URL": "http://127.0.0.1:9",
        "ENKASH_TOKEN_URL": "http://127.0.0.1:9/oauth/token",
        "ENKASH_PARTNER_ID": "CRDEMO001",
        "ENKASH_USERNAME": "9000000001",
        "ENKASH_PASSWORD": "bench",
        "ENKASH_CLIENT_ID": "CEKDEMO001",
        "ENKASH_CLIENT_SECRET": "0" * 40,
        "SECRET_KEY": "bench-only-" + "0123456789abcdef" * 4,
        "DATA_KEY": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
        "ALLOWED_HOSTS": "localhost",
        "HTTPS": "off",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "uploads"),
        "MAX_POINTS_PER_BATCH": "10000000000",
        "LOG_LEVEL": "WARNING",
    }
