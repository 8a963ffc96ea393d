"""Answers stay in no cache, also those that no view gave: a page not found or refused names who is signed in."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers


class NeverKept:
    """Middleware, before all that may answer but what serves the static files, which say themselves how long."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response
