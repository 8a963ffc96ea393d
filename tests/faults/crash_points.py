"""Instants at which a worker can die, told apart inside a forked child: the product knows nothing of them.

A point lies before and after every commit of something, after every write outside a transaction, between taking a lane and taking
a chunk, and within every HTTP call: with half of the request sent, with all of it sent, with the answer in memory.
"""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, connections

from allocations.enkash import transport
from allocations.enkash.simulator.server import Simulator
from allocations.services import leases

KILLED = 137
_SERVICES = str(Path("allocations/services"))
_WRITES = ("INSERT", "UPDATE", "DELETE")


def run_until(fatal: int, work: Callable[[], None], *, clock: Callable[[], Any]) -> dict[str, str] | None:
    """Fork a worker that dies at its `fatal`-th point; where and when it died, or None when it came to its end."""
    # Two processes must not speak on one connection to the database.
    connections.close_all()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_worker(_Points(fatal, clock=clock, writer=writer), work)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, KILLED}, f"the worker ended with {code}"
    assert bool(said) == (code == KILLED)
    return json.loads(said) if said else None


def _be_the_worker(points: "_Points", work: Callable[[], None]) -> None:
    code = 1
    try:
        points.watch_database()
        points.watch_leases()
        points.watch_calls()
        work()
        code = 0
    except BaseException as error:  # noqa: BLE001 - the test is told, and this process ends
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


class _Points:
    def __init__(self, fatal: int, *, clock: Callable[[], Any], writer: int) -> None:
        self._left = fatal
        self._clock = clock
        self._writer = writer
        self._wrote = False

    def reach(self, what: str) -> None:
        self._left -= 1
        if self._left == 0:
            told = {"point": f"{what} in {_service()}", "now": self._clock().isoformat()}
            os.write(self._writer, json.dumps(told).encode())
            os._exit(KILLED)

    def watch_database(self) -> None:
        real = connection._commit

        def commit() -> None:
            wrote, self._wrote = self._wrote, False
            if wrote:
                self.reach("before commit")
            real()
            if wrote:
                self.reach("after commit")

        connection._commit = commit
        connection.execute_wrappers.append(self._execute)

    def watch_leases(self) -> None:
        real = leases._claim_chunk

        def claim(*args: Any, **options: Any) -> Any:
            self.reach("with a lane and no chunk")
            return real(*args, **options)

        leases._claim_chunk = claim

    def watch_calls(self) -> None:
        transport.Transport.post = self._then(transport.Transport.post, "with the answer")
        real = transport.Outgoing.read

        def read(outgoing: transport.Outgoing, size: int | None = -1, /) -> bytes:
            if outgoing.tell():
                self.reach(
                    "with half of the request sent"
                    if outgoing.tell() < len(outgoing.getvalue())
                    else "with the request sent"
                )
                return real(outgoing, size)
            return real(outgoing, len(outgoing.getvalue()) // 2)

        transport.Outgoing.read = read

    def _execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        writes = sql.lstrip().startswith(_WRITES)
        self._wrote = connection.in_atomic_block and (self._wrote or writes)
        if connection.in_atomic_block or not writes:
            return execute(sql, params, many, context)
        return self._then(execute, "after a single write")(sql, params, many, context)

    def _then(self, real: Callable[..., Any], what: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            result = real(*args, **options)
            self.reach(what)
            return result

        return call


def wait_until_idle(sim: Simulator) -> None:
    """Until EnKash is through with what the dead left there: what the quiet time is for when time is real."""
    # Connections are taken in turn, so those of the dead were taken before this one was answered.
    urllib.request.urlopen(f"{sim.url}/_control/state", timeout=10).close()
    until = time.monotonic() + 10
    while sim._server._open:
        assert time.monotonic() < until, "the simulator is still at work"
        time.sleep(0.001)


def _service() -> str:
    """The function of the services that the worker was in."""
    frame = sys._getframe()
    while frame is not None and _SERVICES not in frame.f_code.co_filename:
        frame = frame.f_back
    return frame.f_code.co_name if frame is not None else "the beginning"
