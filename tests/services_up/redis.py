"""A real Redis for tests, one per test process."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from rewards_portal.supervisor.ports import answers_at
from rewards_portal.supervisor.redis import redis_binary, redis_command
from rewards_portal.supervisor.redis import redis_url as url_of


class RedisServer:
    """A private server on a unix socket; what it holds outlives stop() and start()."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = url_of(self._socket)

    def start(self) -> None:
        command = redis_command(redis_binary(), folder=self._folder, socket=self._socket)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _wait_for(self._socket, server=self._process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Start a private server and give its REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as name:
        server = RedisServer(Path(name))
        try:
            server.start()
            yield server.url
        finally:
            server.stop()


@pytest.fixture
def redis_url(redis_server: str, settings) -> Iterator[str]:
    """Point the queues at an empty real Redis and give its address."""
    point_queues_at(redis_server, settings)
    with Redis.from_url(redis_server) as connection:
        connection.flushall()
        yield redis_server


def point_queues_at(url: str, settings: Any) -> None:
    """Let this process ring at another Redis, until the test ends."""
    settings.REDIS_URL = url
    settings.RQ_QUEUES = {name: {**queue, "URL": url} for name, queue in settings.RQ_QUEUES.items()}


def _wait_for(socket: Path, *, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while not answers_at(str(socket)):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Redis did not start; its exit code is {server.returncode}.")
        time.sleep(0.02)
