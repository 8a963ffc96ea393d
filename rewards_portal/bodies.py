"""Bodies of requests: one that is too long is refused unread, one that broke off is not taken for whole."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

# What a form says besides its file.
_ROOM = 1 << 20
_INPUT = "wsgi.input"
_BLOCK = 1 << 16
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Bodies:
    """Middleware, in front of everything that reads a body. A proxy before the portal should have the same limit."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if _is_chunked(request.META) and not request.META.get("CONTENT_LENGTH"):
            # Django would take it for empty.
            return HttpResponse(render_to_string("400.html"), status=411, headers={"Connection": "close"})
        if length.isdecimal() and int(length) <= settings.UPLOAD_MAX_BYTES + _ROOM:
            return self._answer(request)
        page = render_to_string("413.html", {"limit": settings.UPLOAD_MAX_BYTES})
        return HttpResponse(page, status=413, headers={"Connection": "close"})

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Django drops a file that broke off, and takes half of a pasted list for the whole of it."""
        body = request.META.get(_INPUT)
        if request.method != "POST" or not isinstance(body, CountedBody):
            return None
        request.POST  # noqa: B018 - reads the body to its end
        return HttpResponse(render_to_string("400.html"), status=400) if body.is_short else None


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


def counted_bodies(application: Application) -> Application:
    """`application` with inputs that know when the client went away in the middle, and how long they are."""

    def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        if _is_chunked(environ) and _may_come_in_chunks(environ):
            environ[_INPUT], environ["CONTENT_LENGTH"] = _gathered(environ[_INPUT])
        length = str(environ.get("CONTENT_LENGTH") or "0")
        environ[_INPUT] = CountedBody(environ[_INPUT], length=int(length) if length.isdecimal() else 0)
        return application(environ, start_response)

    return counted


def _is_chunked(environ: Mapping[str, Any]) -> bool:
    return "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()


def _may_come_in_chunks(environ: Mapping[str, Any]) -> bool:
    """Programs stream lists whose length they do not know yet; browsers send none. The server has to know its end."""
    is_call = str(environ.get("PATH_INFO", "")).startswith("/api/") and "HTTP_AUTHORIZATION" in environ
    return is_call and bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")


def _gathered(body: Any) -> tuple[IO[bytes], str]:  # noqa: ANN401 - whatever the server has
    """A body without a length, in a file that goes with the request, and its length: one byte more than came where it
    broke off, and no more than is refused where it is too long."""
    file, size, most = tempfile.TemporaryFile(), 0, settings.UPLOAD_MAX_BYTES + _ROOM  # noqa: SIM115 - goes when the request does
    try:
        while size <= most and (block := body.read(_BLOCK)):
            size += len(block)
            file.write(block)
    except Exception:  # noqa: BLE001 - each server has its own for a client that went away or sends no chunks
        size += 1
    file.seek(0)
    return file, str(size)
