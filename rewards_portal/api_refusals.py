"""Refusals of the portal in front of its API, such as of an unknown address, in the form that programs read."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from allocations.api.problems import MEDIA_TYPE, problem

_OF_THE_API = re.compile("/api/v[0-9]+/")


class ApiRefusals:
    """Middleware, behind the one that names requests and before all that may refuse one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        if response.status_code < 400 or not _OF_THE_API.match(request.path_info):
            return response
        if response.headers.get("Content-Type") == MEDIA_TYPE or not isinstance(response, HttpResponse):
            return response
        # In its place, not instead of it: closing a response ends the request for all who listen.
        told = problem(response.status_code)
        response.content = told.content
        for name, value in told.headers.items():
            response.headers[name] = value
        response.headers["Content-Length"] = str(len(told.content))
        return response
