"""Real worker processes, working on the test's own database."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest
from django.db import connection

from rewards_portal.supervisor.tree import end_with_parent, kill_session

BASE_DIR = Path(__file__).resolve().parents[2]
StartWorker = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def live_worker(redis_url: str, transactional_db: None) -> Iterator[StartWorker]:
    """Give a function that starts `manage.py worker QUEUE` (or another command) on the test's database and Redis.

    `live_worker("runs")`, `live_worker("imports", "--burst")`, `live_worker(command="sweep")`; further keywords are
    environment variables. Every process is killed when the test ends.
    """
    with processes(redis_url) as start:
        yield start


@contextmanager
def processes(redis_url: str, *, output: int | IO[str] = subprocess.PIPE) -> Iterator[StartWorker]:
    """As `live_worker`, for whoever is no test. A pipe that nobody reads stops its process when it is full."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, command: str = "worker", **variables: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "manage.py", command, *arguments],
            cwd=BASE_DIR,
            env={**process_environment(redis_url), **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it makes one system call and nothing else
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            kill_session(process.pid)
            process.communicate()


def process_environment(redis_url: str) -> dict[str, str]:
    """Return the environment of a process that shares the test's database, Redis and settings."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
    }


def stop(process: "subprocess.Popen[str]", *, signal_number: int = signal.SIGTERM) -> str:
    """Send a signal, wait for the end, and return what the process wrote."""
    process.send_signal(signal_number)
    return process.communicate(timeout=30)[0]


def _database_url() -> str:
    """Return DATABASE_URL of the database that this test uses."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(now['NAME']))}"
    user, host = quote(now["USER"]), quote(now["HOST"], safe="")
    password = f":{quote(now['PASSWORD'], safe='')}" if now["PASSWORD"] else ""
    port = f"&port={now['PORT']}" if now["PORT"] else ""
    return f"postgresql://{user}{password}@/{quote(now['NAME'])}?host={host}{port}"
