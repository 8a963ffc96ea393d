"""Refusals of the portal in front of its API, such as of an unknown address, in the form that programs read."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from allocations.api.problems import MEDIA_TYPE, problem

_OF_THE_API = re.compile("/api/v[0-9]+/")
# What a refusal says beside its page.
_KEPT = ("Allow", "Connection", "Retry-After")


class ApiRefusals:
    """Middleware, behind the one that names requests and before all that may refuse one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        if response.status_code < 400 or not _OF_THE_API.match(request.path_info):
            return response
        if response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        told = problem(response.status_code)
        told.headers["Content-Length"] = str(len(told.content))
        for name in _KEPT:
            if name in response.headers:
                told.headers[name] = response.headers[name]
        response.close()
        return told
