"""HTTP: reads a request whole, routes it, puts the answer on the wire."""

import itertools
import select
import socket
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import urlsplit

from allocations.enkash.simulator import pipeline, wire
from allocations.enkash.simulator.answers import Answer, Endpoint, html
from allocations.enkash.simulator.control import Control
from allocations.enkash.simulator.intake import Request, read_query
from allocations.enkash.simulator.payload import read_content
from allocations.enkash.simulator.world import World

PREFIX: Final = "/api/v0/partner/enKashCard/"
PATHS: Final = {
    "/oauth/token": Endpoint.TOKEN,
    f"{PREFIX}bulk-create-allocate-points-json": Endpoint.BULK,
    f"{PREFIX}cardAccount/get": Endpoint.ACCOUNT,
    f"{PREFIX}transaction/all": Endpoint.TRANSACTIONS,
    f"{PREFIX}search": Endpoint.SEARCH,
    f"{PREFIX}create-allocate-points": Endpoint.SINGLE,
    f"{PREFIX}sso-token": Endpoint.SSO,
}
CONTROL: Final = "/_control/"
SSO_PAGE: Final = "/sso/"
BODY_LIMIT: Final = 20 * 2**20


class Handler(BaseHTTPRequestHandler):
    """One connection. The server's subclass sets the world, its control and the request numbers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    world: World
    control: Control
    numbers: "itertools.count[int]"

    def parse_request(self) -> bool:
        self.received_at = self.world.clock()
        return super().parse_request()

    def do_POST(self) -> None:
        body = self._read_body()
        path = urlsplit(self.path)
        if body is None:
            answer = replace(html(411, "Length required"), headers=(("Connection", "close"),))
            self._send(answer, body=answer.payload())
        elif path.path.startswith(CONTROL):
            self._control(path.path.removeprefix(CONTROL), body)
        elif path.path in PATHS:
            self._serve(PATHS[path.path], query=read_query(path.query), body=body)
        else:
            self._not_found()

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path.startswith(CONTROL):
            self._control(path.path.removeprefix(CONTROL), b"")
        elif path.path.startswith(SSO_PAGE):
            answer = html(200, "A person's page at the simulated EnKash")
            self._send(answer, body=answer.payload())
        else:
            self._not_found()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Nothing: request lines carry account ids, and the journal has what tests need."""

    def _serve(self, endpoint: Endpoint, *, query: dict[str, str], body: bytes) -> None:
        world = self.world
        request = Request(
            number=next(self.numbers),
            endpoint=endpoint,
            received_at=self.received_at,
            query=query,
            headers={name.casefold(): value for name, value in self.headers.items()},
            body=body,
            content=read_content(endpoint, body, options=world.options),
            is_open=lambda: is_open(self.connection),
        )
        note = world.begin(request)
        answer, intact = pipeline.respond(world, request, note)
        body = pipeline.body_of(world, answer)
        # A client may send its next request the moment it has a whole answer: this one is over before its last byte.
        is_over_first = answer.wire == wire.WHOLE
        if not is_over_first:
            self._send(answer, body=body)
        world.watch.left(request, note, status=answer.status, intact=intact, at=world.clock())
        if is_over_first:
            self._send(answer, body=body)

    def _control(self, command: str, body: bytes) -> None:
        answer = self.control.handle(self.command, command, body, query=read_query(urlsplit(self.path).query))
        self._send(answer, body=answer.payload())

    def _not_found(self) -> None:
        self.world.unknown_paths += 1
        answer = html(404, "Not found")
        self._send(answer, body=answer.payload())

    def _read_body(self) -> bytes | None:
        """None where the length is missing, wrong or too large."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= BODY_LIMIT):
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def _send(self, answer: Answer, *, body: bytes) -> None:
        self.answer = answer
        try:
            wire.send(self, body, wire=answer.wire)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def start(self, *, length: int | None, chunked: bool = False) -> None:
        """Status and headers; without a length the body ends with the connection."""
        self.send_response(self.answer.status)
        self.send_header("Content-Type", self.answer.content_type)
        for name, value in self.answer.headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is None:
            self.send_header("Connection", "close")
        self.end_headers()

    def write(self, data: bytes) -> None:
        self.wfile.write(data)
        if self.answer.wire != wire.WHOLE:
            self.wfile.flush()

    def abort(self, *, reset: bool) -> None:
        self.wfile.flush()
        self.close_connection = True
        wire.close_now(self.connection, reset=reset)

    def wait(self, seconds: float) -> bool:
        return self.world.pause(seconds)


def is_open(connection: socket.socket) -> bool:
    """Whether the client still holds its end of the connection."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return not readable or bool(connection.recv(1, socket.MSG_PEEK))
    except (OSError, ValueError):
        return False
