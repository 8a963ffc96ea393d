"""The whole product as `make run` starts it, in a folder of its own, with handles to hurt it."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
from dotenv import dotenv_values
from redis import Redis

from rewards_portal.supervisor.environment import DEMO_PASSWORD
from tests.services_up.workers import BASE_DIR

PASSWORD = DEMO_PASSWORD
_KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR", "DATABASE_URL")


class Stack:
    """A running supervisor with all its children."""

    def __init__(self, process: "subprocess.Popen[str]", *, var: Path) -> None:
        self.process = process
        self.var = var
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def url(self) -> str:
        """The portal's address; waits until the supervisor tells it."""
        until = time.monotonic() + 240
        while time.monotonic() < until and self.process.poll() is None:
            for line in self.lines:
                if found := re.search(r"The portal is ready: (\S+?)/?$", line.strip()):
                    return found.group(1)
            time.sleep(0.1)
        raise AssertionError("the portal did not start:\n" + "".join(self.lines))

    def variable(self, name: str) -> str:
        return dotenv_values(self.var / "portal.env")[name] or ""

    def simulator(self, what: str) -> bytes:
        """GET of the simulator's control: state, ledger."""
        with urlopen(f"{self.variable('ENKASH_API_URL')}/_control/{what}", timeout=30) as answer:
            return answer.read()

    def ledger(self) -> dict[str, tuple[str, int]]:
        """Reference -> (transaction id, points) of every credit at EnKash; no reference may be there twice."""
        entries = [json.loads(line) for line in self.simulator("ledger").splitlines()]
        given = [entry for entry in entries if entry["kind"] == "CR" and entry["status"] != "FAILED"]
        assert len({entry["reference"] for entry in given}) == len(given)
        return {entry["reference"]: (entry["transaction_id"], int(entry["amount"])) for entry in given}

    def kill_worker(self, queue: str) -> bool:
        """SIGKILL for the worker of a queue and its work-horse; False while none is there."""
        mine = psutil.Process(self.process.pid).children(recursive=True)
        found = [process for process in mine if _command(process)[-2:] == ["worker", queue]]
        for process in found:
            process.kill()
        return bool(found)

    def flush_redis(self) -> None:
        with Redis.from_url(self.variable("REDIS_URL")) as connection:
            connection.flushall()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
        self._reader.join(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()


def _command(process: psutil.Process) -> list[str]:
    """Its words; none for one that ended meanwhile, for example a work-horse that nobody has buried yet."""
    with suppress(psutil.Error):
        return process.cmdline()
    return []


@contextmanager
def running_stack(var: Path, **variables: str) -> Iterator[Stack]:
    """Starts `make run`'s supervisor with everything in `var`, and stops it."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ and name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "rewards_portal.supervisor"],
        cwd=BASE_DIR,
        env={**environment, "PORTAL_VAR": str(var), "PORT": "18080", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stack = Stack(process, var=var)
    try:
        yield stack
    finally:
        stack.stop()
