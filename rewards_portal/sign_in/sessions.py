"""Sessions as Django keeps them, except for the cookie of one that is not there (any more)."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse


class Sessions(SessionMiddleware):
    """Takes no cookie away because of an old key.

    A session gets another key when its person shows who they are. The answer to a request that another tab had sent
    just before would come after it, and take the new cookie away: the person would be signed out.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Sessions that end here, by signing out or of age, were changed: their cookie goes."""
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not request.session.modified:
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer
