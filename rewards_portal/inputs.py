"""WSGI inputs that know whether they came whole, and that are not read before somebody asks for them."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from django.conf import settings

# What a form says besides its file.
ROOM = 1 << 20
INPUT = "wsgi.input"
_BLOCK = 1 << 16
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class CountedBody:
    """A WSGI input that knows when it ended before as much came as was announced."""

    def __init__(self, body: Any, *, length: int) -> None:  # noqa: ANN401 - whatever the server has
        self.is_short = False
        self._body = body
        self._left = length

    def read(self, size: int = -1) -> bytes:
        wanted = self._wanted(size)
        return self._taken(self._body.read(wanted), wanted=wanted)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._wanted(size)
        return self._taken(self._body.readline(wanted), wanted=wanted)

    def _wanted(self, size: int) -> int:
        return self._left if size < 0 else min(size, self._left)

    def _taken(self, data: bytes, *, wanted: int) -> bytes:
        self.is_short |= wanted > 0 and not data
        self._left -= len(data)
        return data


class UnreadBody:
    """A WSGI input without a length. It is empty, and nothing of it is stored, until somebody gathers it."""

    def __init__(self, body: Any) -> None:  # noqa: ANN401 - whatever the server has
        self._body = body

    def read(self, _size: int = -1) -> bytes:
        return b""

    def readline(self, _size: int = -1) -> bytes:
        return b""

    def gathered(self) -> tuple[IO[bytes], int]:
        """In a file that goes with the request, and its length: one byte more than came where it broke off, and no
        more than is refused where it is too long."""
        file, size, most = tempfile.TemporaryFile(), 0, settings.UPLOAD_MAX_BYTES + ROOM  # noqa: SIM115 - goes when the request does
        try:
            while size <= most and (block := self._body.read(_BLOCK)):
                size += len(block)
                file.write(block)
        except Exception:  # noqa: BLE001 - each server has its own for a client that went away or sends no chunks
            size += 1
        file.seek(0)
        return file, size


def counted_bodies(application: Application) -> Application:
    """`application` with inputs that know when the client went away in the middle, or that nobody has read yet."""

    def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        if is_chunked(environ) and _may_come_in_chunks(environ):
            environ[INPUT] = UnreadBody(environ[INPUT])
        else:
            length = str(environ.get("CONTENT_LENGTH") or "0")
            environ[INPUT] = CountedBody(environ[INPUT], length=int(length) if length.isdecimal() else 0)
        return application(environ, start_response)

    return counted


def is_chunked(environ: Mapping[str, Any]) -> bool:
    return "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()


def _may_come_in_chunks(environ: Mapping[str, Any]) -> bool:
    """Programs stream lists whose length they do not know yet; browsers send none. The server has to know its end."""
    return is_call(environ) and bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")


def is_call(environ: Mapping[str, Any]) -> bool:
    return str(environ.get("PATH_INFO", "")).startswith("/api/v")
