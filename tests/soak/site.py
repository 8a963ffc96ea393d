"""The portal on several machines: database, Redis and EnKash's stand-in in the middle, web, workers and sweepers around."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil
import requests

from rewards_portal.supervisor.environment import demo_environment
from rewards_portal.supervisor.redis import redis_binary
from rewards_portal.supervisor.tree import kill_session
from tests.services_up.postgresql import Cluster, cluster
from tests.services_up.workers import BASE_DIR
from tests.soak.hosts import Host, Net, centre, lay_cables, network, start

PORT = 8000
_SIMULATOR_PORT = 8900
# Waits as in the demo: all that production does, only sooner. Answers hang for longer than the call may take.
_HANG_SECONDS = "6"
_RESTART_SECONDS = 1.0


@dataclass
class Unit:
    """One service that is started again when it ends, as a service manager would. `host` None: in the middle."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: IO[str]
    host: Host | None = None
    more: dict[str, Any] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    is_up: bool = True
    starts: int = 0
    process: "subprocess.Popen[str] | None" = None
    _ended_at: float = 0.0

    def tend(self) -> None:
        """Starts it when it should run and does not."""
        if not self.is_up or (self.process is not None and self.process.poll() is None):
            self._ended_at = 0.0
            return
        self._ended_at = self._ended_at or time.monotonic()
        if self.process is not None and time.monotonic() - self._ended_at < _RESTART_SECONDS:
            return
        begin = start if self.host is None else self.host.start
        self.process = begin(self.command, env=self.env, output=self.log, cwd=BASE_DIR, **self.more)
        self.starts += 1

    def processes(self) -> "list[psutil.Process]":
        """It and all that it started; none while it is down."""
        try:
            own = psutil.Process(self.process.pid if self.process is not None else -1)
            return [own, *own.children(recursive=True)]
        except (psutil.NoSuchProcess, ValueError):
            return []

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """It and what it started, as a power cut would."""
        if self.process is not None:
            kill_session(self.process.pid)
            self.process.wait()

    def stop(self, *, seconds: float = 60) -> None:
        """In peace; what takes longer than it may is killed, as a service manager does."""
        self.is_up = False
        self.signal(self.stop_signal)
        try:
            if self.process is not None:
                self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.log.write(f"{self.name} did not stop within {seconds} s\n")
            self.kill()


@dataclass
class Site:
    folder: Path
    hosts: dict[str, Host]
    units: dict[str, Unit]
    env: dict[str, str]

    @property
    def url(self) -> str:
        return self.env["PORTAL_URL"]

    @property
    def simulator(self) -> str:
        return f"http://{centre(Net.WORLD)}:{_SIMULATOR_PORT}"

    def control(self, command: str, **arguments: object) -> None:
        requests.post(f"{self.simulator}/_control/{command}", json=arguments, timeout=30).raise_for_status()

    def told(self, what: str) -> requests.Response:
        """What the stand-in says of itself: state, ledger."""
        answer = requests.get(f"{self.simulator}/_control/{what}", timeout=120)
        answer.raise_for_status()
        return answer

    def tend(self) -> None:
        for unit in self.units.values():
            unit.tend()

    def wait_for_simulator(self) -> None:
        def is_up() -> bool:
            self.tend()
            return self.told("state").ok

        _wait(is_up)

    def workers(self) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.name.startswith(("runs", "imports"))]


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Everything is started, migrated and has its demo people; everything ends with it. Inside `hosts.move_in` only."""
    lay_cables()
    hosts = {name: Host(name, number) for number, name in enumerate(("web", "one", "two", "three"), start=10)}
    for host in hosts.values():
        host.reach_out(Net.WORLD, _SIMULATOR_PORT)
    with cluster() as own:
        own.let_in(network(Net.DATA))
        site = Site(folder, hosts, {}, _environment(folder, web=hosts["web"]))
        site.units = {unit.name: unit for unit in _units(site, own)}
        try:
            _begin(site)
            yield site
        finally:
            for unit in reversed(site.units.values()):
                unit.kill()


def _environment(folder: Path, *, web: Host) -> dict[str, str]:
    address = web.address(Net.DATA)
    demo = demo_environment(
        folder / "portal.env",
        outer={"DATABASE_URL": f"postgresql://portal@{centre(Net.DATA)}/postgres"},
        simulator_url=f"http://127.0.0.1:{_SIMULATOR_PORT}",
        redis_url=f"redis://:{secrets.token_hex(16)}@{centre(Net.DATA)}:6379/0",
        port=PORT,
    )
    own = {"ALLOWED_HOSTS": address, "PORTAL_URL": f"http://{address}:{PORT}", "LOG_READABLE": "off"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **demo, **own, "API_CALLS_PER_MINUTE": "600", "PYTHONUNBUFFERED": "1"}


def _units(site: Site, own: Cluster) -> Iterator[Unit]:
    """In the order in which they start."""
    folder, env = site.folder, site.env
    (folder / "redis").mkdir()

    def unit(name: str, *command: str, host: str | None = None, **more: Any) -> Unit:
        log = (folder / f"{name}.log").open("a")
        return Unit(name, list(command), env, log, host=site.hosts[host] if host else None, **more)

    postgres = f"-c listen_addresses={centre(Net.DATA)} -c unix_socket_directories={own.folder} -c fsync=off"
    yield unit(
        "postgres",
        str(own.binaries / "postgres"),
        "-D",
        str(own.folder / "data"),
        *postgres.split(),
        more=own.identity,
        stop_signal=signal.SIGINT,
    )
    password = env["REDIS_URL"].partition(":")[2].removeprefix("//:").partition("@")[0]
    redis = f"--bind {centre(Net.DATA)} --port 6379 --requirepass {password} --dir {folder / 'redis'} --appendonly yes"
    yield unit(
        "redis", str(redis_binary()), *redis.split(), "--maxmemory-policy", "noeviction", "--loglevel", "warning"
    )
    manage = (sys.executable, str(BASE_DIR / "manage.py"))
    simulator = (
        f"--host {centre(Net.WORLD)} --port {_SIMULATOR_PORT} --hang-seconds {_HANG_SECONDS} --balance 100000000000"
    )
    ledger = ("--ledger", str(folder / "simulator.sqlite3"), "--latency-ms", "50")
    yield unit("simulator", *manage, "enkash_simulator", *simulator.split(), *ledger)
    server = (
        f"--bind 0.0.0.0:{PORT} --worker-class gthread --workers 2 --threads 8 --no-control-socket --log-level warning"
    )
    yield unit("web", sys.executable, "-m", "gunicorn", *server.split(), "rewards_portal.wsgi", host="web")
    for host in ("one", "two", "three"):
        yield unit(f"runs-{host}", *manage, "worker", "runs", host=host)
    for host in ("one", "two"):
        yield unit(f"imports-{host}", *manage, "worker", "imports", host=host)
        yield unit(f"sweeper-{host}", *manage, "sweep", host=host)


def _begin(site: Site) -> None:
    for name in ("postgres", "redis", "simulator"):
        site.units[name].tend()
    _wait(lambda: site.told("state").ok)
    prepared = subprocess.run(
        [sys.executable, "-m", "rewards_portal.supervisor.prepare"],
        cwd=BASE_DIR,
        env=site.env,
        capture_output=True,
        text=True,
        check=False,
    )
    if prepared.returncode:
        raise RuntimeError(prepared.stdout + prepared.stderr)
    site.tend()
    _wait(lambda: requests.get(f"{site.url}/health/ready/", timeout=5).ok)


def _wait(is_there: Any, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if is_there():
                return
        except requests.RequestException as error:
            if time.monotonic() > until:
                raise TimeoutError(f"not there within {seconds} s: {error}") from error
        time.sleep(0.2)
