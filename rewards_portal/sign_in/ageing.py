"""Sessions end: some time after the last thing a person did, and at the latest so long after they signed in."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_BEGUN = "begun_at"
_SEEN = "seen_at"
# Not every click writes the session.
_PRECISION = 60


def begin(session: SessionBase) -> None:
    session[_BEGUN] = session[_SEEN] = int(time.time())


class Ageing:
    """Middleware, behind the one that knows the user."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._age(request)
        return self._answer(request)

    def _age(self, request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        if _BEGUN not in session:
            begin(session)
        if ended := _why_ended(session, now=now):
            logout(request)
            messages.info(request, ended)
        elif now - session[_SEEN] >= _PRECISION and not _asks_by_itself(request):
            session[_SEEN] = now


def _why_ended(session: SessionBase, *, now: int) -> str:
    if now - session[_BEGUN] >= settings.SESSION_COOKIE_AGE:
        return "You were signed out: a session ends some time after its sign-in. Sign in to go on."
    if now - session[_SEEN] >= settings.SESSION_IDLE_SECONDS:
        return "You were signed out because nothing was done for a while. Sign in to go on."
    return ""


def _asks_by_itself(request: HttpRequest) -> bool:
    """A page that refreshes a part of itself is no sign of a person."""
    return request.method == "GET" and "HX-Request" in request.headers
