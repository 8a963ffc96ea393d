"""Bodies of requests: one that is too long is refused unread, one that broke off is not taken for whole."""

from collections.abc import Callable

from django.conf import settings
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from allocations.api.door import opens
from rewards_portal.inputs import INPUT, ROOM, CountedBody, UnreadBody, is_call, is_chunked


class Bodies:
    """Middleware, in front of everything that reads a body. A proxy before the portal should have the same limit."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        body = request.META.get(INPUT)
        if isinstance(body, UnreadBody):
            return self._streamed(request, body)
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if is_chunked(request.META) and not request.META.get("CONTENT_LENGTH"):
            # Django would take it for empty.
            return HttpResponse(render_to_string("400.html"), status=411, headers={"Connection": "close"})
        if length.isdecimal() and int(length) <= settings.UPLOAD_MAX_BYTES + ROOM:
            return self._answer(request)
        return _too_long()

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Django drops a file that broke off, and takes half of a pasted list for the whole of it."""
        body = request.META.get(INPUT)
        # The API has no forms, and reads nothing before it knows who calls.
        if request.method != "POST" or not isinstance(body, CountedBody) or is_call(request.META):
            return None
        request.POST  # noqa: B018 - reads the body to its end
        return HttpResponse(render_to_string("400.html"), status=400) if body.is_short else None

    def _streamed(self, request: HttpRequest, body: UnreadBody) -> HttpResponseBase:
        """Of a stranger nothing is read: the door answers, and the connection ends."""
        if not opens(request.headers.get("Authorization", "")):
            response = self._answer(request)
            response.headers["Connection"] = "close"
            return response
        file, length = body.gathered()
        if length > settings.UPLOAD_MAX_BYTES + ROOM:
            return _too_long()
        # As WSGIRequest did, when nobody knew how long it is.
        request.META |= {INPUT: CountedBody(file, length=length), "CONTENT_LENGTH": str(length)}
        request._stream = LimitedStream(request.META[INPUT], length)  # type: ignore[assignment]  # noqa: SLF001
        return self._answer(request)


def _too_long() -> HttpResponse:
    page = render_to_string("413.html", {"limit": settings.UPLOAD_MAX_BYTES})
    return HttpResponse(page, status=413, headers={"Connection": "close"})
