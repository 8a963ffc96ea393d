"""A name for every request: in each line that is logged for it, in the answer, and on the page that says it failed."""

import sys
from collections.abc import Callable
from secrets import choice

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from structlog.contextvars import bound_contextvars, get_contextvars

from allocations.gateway.outages import SECONDS, is_outage

# Letters only: ten digits in a row would be taken for somebody's mobile and never reach the log.
_LETTERS = "bcdfghjkmnpqrstvwxyz"
_LENGTH = 12


class RequestIds:
    """Middleware, before all others."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Ours, never one that came with the request: a stranger would write into the log with it.
        name = "".join(choice(_LETTERS) for _ in range(_LENGTH))
        with bound_contextvars(request_id=name):
            response = self._answer(request)
        response.headers["X-Request-Id"] = name
        return response


def failed(_request: HttpRequest) -> HttpResponse:
    """Answer 500 with what operators find the error by, or 503 while the database is away; asks no database."""
    is_away = is_outage(sys.exc_info()[1])
    told = {"request_id": get_contextvars().get("request_id", "")}
    page = render_to_string("away.html" if is_away else "500.html", told)
    if is_away:
        return HttpResponse(page, status=503, headers={"Retry-After": str(SECONDS)})
    return HttpResponse(page, status=500)
