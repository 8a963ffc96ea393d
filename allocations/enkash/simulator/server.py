"""The simulator as one object: a threaded HTTP server around a world."""

import contextlib
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.control import Control
from allocations.enkash.simulator.fault_queue import FaultQueue
from allocations.enkash.simulator.handler import Handler
from allocations.enkash.simulator.ledger import Ledger
from allocations.enkash.simulator.options import Profile, for_profile
from allocations.enkash.simulator.world import World, open_storage

SECONDS_TO_END = 5.0
Accepted = socket.socket | tuple[bytes, socket.socket]


class Simulator:
    """A stand-in EnKash that listens from construction on and serves from start() or `with` until close().

    latency in seconds; balance in points per account; ledger a path to keep it across restarts. Further keywords set
    options (options.py).
    """

    def __init__(
        self,
        *,
        profile: str = "clean",
        seed: int = 1,
        ledger: str | Path | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        balance: int | Decimal = demo.BALANCE,
        clock: Callable[[], float] = time.time,
        **options: object,
    ) -> None:
        chosen = for_profile(Profile(profile))
        chosen.change(options)
        self._storage = open_storage(ledger)
        self.world = World(seed=seed, balance=Decimal(balance), options=chosen, clock=clock, storage=self._storage)
        self.control = Control(self.world)
        self._server = _Server((host, port), _handler(self.world, self.control))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://{host}:{self._server.server_port}"

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def faults(self) -> FaultQueue:
        return self.world.faults

    def start(self) -> Self:
        self._thread.start()
        return self

    def close(self) -> None:
        """Stops listening, breaks open connections and drops work that was to happen late."""
        self.world.stopped.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.break_connections()
        self._server.server_close()
        if self._storage is not None:
            self._storage.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _handler(world: World, control: Control) -> type[Handler]:
    return type("BoundHandler", (Handler,), {"world": world, "control": control, "numbers": itertools.count(1)})


def _socket(request: Accepted) -> socket.socket:
    return request[1] if isinstance(request, tuple) else request


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Condition()
        super().__init__(address, handler)

    def process_request(self, request: Accepted, client_address: object) -> None:
        with self._guard:
            self._open.add(_socket(request))
        super().process_request(request, client_address)

    def shutdown_request(self, request: Accepted) -> None:
        with self._guard:
            self._open.discard(_socket(request))
            self._guard.notify_all()
        super().shutdown_request(request)

    def handle_error(self, request: Accepted, client_address: object) -> None:
        """A client that goes away is usual here; anything else is a defect and must be seen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def break_connections(self) -> None:
        """Ends every conversation and waits until its thread is done with the ledger."""
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._guard.wait_for(lambda: not self._open, timeout=SECONDS_TO_END)
