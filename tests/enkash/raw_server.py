"""A server of raw bytes on a loopback socket: what an HTTP library will not send, it sends."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from allocations.enkash.transport import RawAnswer

Behaviour = Callable[["Visit"], None]


class Visit:
    """One connection; `request` is what was read of it."""

    def __init__(self, sock: socket.socket, *, stopped: threading.Event) -> None:
        self.sock = sock
        self.request = b""
        self.stopped = stopped

    def read(self) -> None:
        """Read one whole request."""
        while b"\r\n\r\n" not in self.request:
            self._take()
        head, _, _ = self.request.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(self.request) < len(head) + 4 + length:
            self._take()

    def _take(self) -> None:
        block = self.sock.recv(65536)
        if not block:
            raise ConnectionError("The client left.")
        self.request += block

    def drip(self, data: bytes, *, seconds: float) -> None:
        """Send one byte, wait, send the next."""
        for byte in data:
            if self.stopped.wait(seconds):
                return
            self.sock.sendall(bytes([byte]))

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.sock.close()


class RawServer:
    """The address and every visit so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.visits: list[Visit] = []


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serve the n-th connection with the n-th behaviour, the last one again and again."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        server = RawServer(listener.getsockname()[1])
        args = (listener, server, behaviours, tls, stopped)
        thread = threading.Thread(target=_accept, args=args)
        thread.start()
        try:
            yield server
        finally:
            stopped.set()
            thread.join()


def _accept(listener, server, behaviours, tls, stopped) -> None:
    while not stopped.is_set():
        with suppress(TimeoutError):
            sock, _ = listener.accept()
            sock.settimeout(10)
            _visit(sock, server, behaviours, tls, stopped)


def _visit(sock, server, behaviours, tls, stopped) -> None:
    with suppress(OSError), sock:
        wrapped = tls.wrap_socket(sock, server_side=True) if tls else sock
        visit = Visit(wrapped, stopped=stopped)
        server.visits.append(visit)
        with wrapped:
            behaviours[min(len(server.visits), len(behaviours)) - 1](visit)


def answering(data: bytes) -> Behaviour:
    """Read the request, send these bytes, close."""

    def behave(visit: Visit) -> None:
        visit.read()
        visit.sock.sendall(data)

    return behave


def http(status: int, body: bytes, *headers: str) -> bytes:
    """A plain answer with a Content-Length."""
    lines = (f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


def raw(status: int, body: bytes | str, **headers: str) -> RawAnswer:
    """An answer as the transport would hand it over."""
    named = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return RawAnswer(status, named, body.encode() if isinstance(body, str) else body, 0.1)
