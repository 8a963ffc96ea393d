"""HEAD under the API's addresses: wherever GET is answered it is too, which the API's library leaves out."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ApiHeads:
    """Middleware, next to the API. The server sends no body to a HEAD, whatever the answer holds."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD" or not request.path_info.startswith("/api/v"):
            return self._answer(request)
        request.method = "GET"
        try:
            return self._answer(request)
        finally:
            request.method = "HEAD"
