"""Ways to put an answer onto the socket, most of them wrong."""

import contextlib
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Whole:
    """As HTTP wants it: Content-Length and every byte."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """No byte; the connection is reset, or closed in order."""

    reset: bool = True


class Framing(StrEnum):
    """How the receiver is told where a body ends."""

    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Truncated:
    """The first part of the body in the framing of a whole one, then the connection closes."""

    framing: Framing
    share: float


@dataclass(frozen=True, slots=True)
class Slow:
    """A few bytes at a time with a pause (seconds) after each."""

    step: int
    pause: float


@dataclass(frozen=True, slots=True)
class Streamed:
    """A body made while it is sent, ended by closing; never held in memory."""

    chunks: Callable[[], Iterable[bytes]]


WHOLE: Final = Whole()
Wire = Whole | Dropped | Truncated | Slow | Streamed


class Connection(Protocol):
    """What sending needs of a request handler."""

    def start(self, *, length: int | None, chunked: bool = False) -> None: ...
    def write(self, data: bytes) -> None: ...
    def abort(self, *, reset: bool) -> None: ...
    def wait(self, seconds: float) -> bool: ...


def send(connection: Connection, body: bytes, *, wire: Wire) -> None:
    """Writes the body in the given way; the connection is closed after every way but Whole and Slow."""
    match wire:
        case Whole():
            connection.start(length=len(body))
            connection.write(body)
        case Dropped(reset=reset):
            connection.abort(reset=reset)
        case Truncated(framing=framing, share=share):
            _send_part(connection, body, framing=framing, end=int(len(body) * share))
            connection.abort(reset=False)
        case Slow(step=step, pause=pause):
            connection.start(length=len(body))
            _drip(connection, body, step=step, pause=pause)
        case Streamed(chunks=chunks):
            connection.start(length=None)
            for chunk in chunks():
                connection.write(chunk)
            connection.abort(reset=False)


def _send_part(connection: Connection, body: bytes, *, framing: Framing, end: int) -> None:
    part = body[:end]
    match framing:
        case Framing.LENGTH:
            connection.start(length=len(body))
            connection.write(part)
        case Framing.CHUNKED:
            connection.start(length=None, chunked=True)
            connection.write(b"%x\r\n%s\r\n" % (len(part), part))
        case Framing.CLOSE:
            connection.start(length=None)
            connection.write(part)


def _drip(connection: Connection, body: bytes, *, step: int, pause: float) -> None:
    for piece in pieces(body, step=step):
        connection.write(piece)
        if connection.wait(pause):
            return


def pieces(body: bytes, *, step: int) -> Iterator[bytes]:
    for start in range(0, len(body), step):
        yield body[start : start + step]


def close_now(sock: socket.socket, *, reset: bool) -> None:
    """Closes a socket; reset sends RST, so the peer sees an error and not an end."""
    with contextlib.suppress(OSError):
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            sock.shutdown(socket.SHUT_RDWR)
    sock.close()
