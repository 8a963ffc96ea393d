"""A real Redis for tests, one per test process."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from rewards_portal.supervisor.ports import answers_at
from rewards_portal.supervisor.redis import redis_binary, redis_command
from rewards_portal.supervisor.redis import redis_url as url_of


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Start a private server and give its REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as name:
        folder = Path(name)
        socket = folder / "redis.sock"
        command = redis_command(redis_binary(), folder=folder, socket=socket)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(socket, server=server)
                yield url_of(socket)
            finally:
                server.terminate()


@pytest.fixture
def redis_url(redis_server: str, settings) -> Iterator[str]:
    """Point the queues at an empty real Redis and give its address."""
    settings.REDIS_URL = redis_server
    settings.RQ_QUEUES = {name: {**queue, "URL": redis_server} for name, queue in settings.RQ_QUEUES.items()}
    with Redis.from_url(redis_server) as connection:
        connection.flushall()
        yield redis_server


def _wait_for(socket: Path, *, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while not answers_at(str(socket)):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Redis did not start; its exit code is {server.returncode}.")
        time.sleep(0.02)
