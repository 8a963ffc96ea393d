"""The language of pages: what their reader chose, kept in a cookie; English for everybody else and everything else."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST


class Languages:
    """Middleware, before all that answers with a page.

    What a browser says that it accepts is not asked: a translation that is not whole has to be chosen. Programs read
    English: their words are compared and logged.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(_language_of(request)):
            return self._answer(request)


@never_cache
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep `language` in this browser and go back to the page where it was chosen. An unknown one changes nothing.

    `answered`: that page answered a form, and its address may be one that takes no GET; Home then.
    """
    answer = redirect("/" if request.POST.get("answered") else _seen(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return answer


def _seen(request: HttpRequest) -> str:
    """The page before, with its filters. Its own address, not one in the form: a form would show what a link says."""
    seen = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(seen, allowed_hosts={request.get_host()}):
        return "/"
    # On its own a path such as //elsewhere.example/ is an address of another site.
    parts = urlsplit(seen)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "/"


def _language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    is_page = not request.path_info.startswith("/api/v")
    return chosen if is_page and chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
