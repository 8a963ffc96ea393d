"""Bodies of requests: one that is too long is refused unread, one that broke off is not taken for whole."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

# What a form says besides its file.
_ROOM = 1 << 20
_INPUT = "wsgi.input"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Bodies:
    """Middleware, in front of everything that reads a body. A proxy before the portal should have the same limit."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
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
    """`application` with inputs that know when the client went away in the middle."""

    def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        length = str(environ.get("CONTENT_LENGTH") or "0")
        environ[_INPUT] = CountedBody(environ[_INPUT], length=int(length) if length.isdecimal() else 0)
        return application(environ, start_response)

    return counted
