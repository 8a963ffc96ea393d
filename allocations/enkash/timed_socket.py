"""Reads that end at a point in time, not so many seconds after the last byte."""

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPResponse
from typing import Any, cast

from requests import PreparedRequest
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util.ssl_ import create_urllib3_context


class TimedReader(io.RawIOBase):
    """A socket's reading side; every wait is cut to what is left until `ends_at` (monotonic seconds)."""

    def __init__(self, raw: io.RawIOBase, *, sock: socket.socket, ends_at: float) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._ends_at = ends_at

    def readable(self) -> bool:
        """A reader reads."""
        return True

    def readinto(self, buffer: memoryview, /) -> int | None:  # type: ignore[override]  # a Buffer at run time
        """As RawIOBase; raises TimeoutError once the time is over."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("The deadline passed.")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close the socket's side too."""
        self._raw.close()
        super().close()


class TimedResponse(HTTPResponse):
    """The standard library's answer, its status line and headers included, read through a TimedReader."""

    def __init__(self, sock: socket.socket, *, ends_at: float, method: str | None = None) -> None:
        super().__init__(sock, method=method)
        self.fp = io.BufferedReader(TimedReader(self.fp.detach(), sock=sock, ends_at=ends_at))


def anywhere(_address: str) -> bool:
    return True


def trusting(ca_file: str) -> ssl.SSLContext:
    """What servers have to prove themselves by; "" for the usual authorities. Raises OSError for an unusable file."""
    context = create_urllib3_context()
    context.load_verify_locations(ca_file or DEFAULT_CA_BUNDLE_PATH)
    return context


class TimedAdapter(HTTPAdapter):
    """A requests adapter for one call: no retries, and every read ends at `ends_at`.

    `trust`: asked for the authorities when the server has a certificate; requests alone would read them for every call,
    which takes longer than the handshake. `may_reach`: asked with the IP address of the connection, before a byte goes
    over it.
    """

    def __init__(
        self, *, ends_at: float, trust: Callable[[], ssl.SSLContext], may_reach: Callable[[str], bool] = anywhere
    ) -> None:
        self._ends_at = ends_at
        self._trust = trust
        self._may_reach = may_reach
        self._begun: list[TimedResponse] = []
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: Any,  # noqa: ANN401  the base class's signature
        cert: Any = None,  # noqa: ANN401  as above
    ) -> tuple[Any, Any]:
        """The host, and the context that knows the authorities."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        secure = {"cert_reqs": "CERT_REQUIRED", "ssl_context": self._trust()} if host["scheme"] == "https" else {}
        return host, secure

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401  as above
        """Nothing to add: the context verifies. The base class would name a file to be read again."""

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001  the base class's signature
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """The pool for the request's host, whose one connection answers in time."""
        pool = cast(
            "HTTPConnectionPool",
            super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert),
        )
        plain = pool.ConnectionCls
        may_reach = self._may_reach

        def connect(connection: HTTPConnection) -> socket.socket:
            sock: socket.socket = plain._new_conn(connection)  # type: ignore[attr-defined]  # noqa: SLF001 - urllib3's own seam
            if not may_reach(str(sock.getpeername()[0])):
                sock.close()
                raise ConnectionRefusedError("The address is not one that may be reached.")
            return sock

        timed = {"response_class": staticmethod(self._begin), "_new_conn": connect}
        pool.ConnectionCls = type("TimedConnection", (plain,), timed)
        return pool

    def close(self) -> None:
        """Close every answer: urllib3 leaves one open whose headers it refuses."""
        for response in self._begun:
            response.close()
        super().close()

    def _begin(self, sock: socket.socket, *, method: str | None = None) -> TimedResponse:
        response = TimedResponse(sock, ends_at=self._ends_at, method=method)
        self._begun.append(response)
        return response
