"""What stands in front of every view: method, login, role, and the one place where refusals become answers."""

import errno
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allocations.actors import actor_of
from allocations.domain.errors import DomainError, StepUpNeeded
from allocations.domain.policy import Actor, check_view
from allocations.selectors.roster import proposed_role
from allocations.views.errors import refusal
from allocations.views.step_up import known_page

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_DISK_FULL = (
    "The portal's disk is full. Nothing of this was kept. Tell the people who run the portal, and repeat it when they "
    "have made room."
)
_SECURITY = "usersessions_list"
# Actions of a page whose own address names nothing, or that is not the page of what their address names.
_PAGE_OF = {
    "account-balance": "allocations:accounts",
    "account-lanes": "allocations:accounts",
    "account-remove": "allocations:accounts",
    "api-token-revoke": "allocations:api-tokens",
    "contract-export": "allocations:contract",
    "contract-mark": "allocations:contract",
    "decision-new": "allocations:exceptions",
    "enkash-login": "allocations:accounts",
    "exceptions-act": "allocations:exceptions",
    "freeze-confirm": "allocations:freeze",
    "freeze-propose": "allocations:freeze",
    "freeze-refuse": "allocations:freeze",
    "group-make": "allocations:policies",
    "notices-mail": "allocations:notices",
    "policy-confirm": "allocations:policies",
    "policy-refuse": "allocations:policies",
    "report-export": "allocations:reports",
    "role-confirm": "allocations:people",
    "role-refuse": "allocations:people",
    "search-export": "allocations:search",
    "webhook-send-again": "allocations:webhooks",
    "view-delete": "allocations:search",
    "view-save": "allocations:search",
}
_PLACES = (
    ("batch_id", "allocations:batch"),
    ("run_id", "allocations:run"),
    ("reversal_id", "allocations:reversal"),
    ("proposal_id", "allocations:decision"),
    ("person_id", "allocations:person"),
    ("export_id", "allocations:export"),
    ("webhook_id", "allocations:webhook"),
)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]
Gated = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(view: View[P]) -> Gated[P]:
    """A page to read. The view gets the actor as its second argument."""
    return _gate(view, methods=("GET", "HEAD"))


def action(view: View[P]) -> Gated[P]:
    """A change: POST only."""
    return _gate(view, methods=("POST",))


def form_page(view: View[P]) -> Gated[P]:
    """A page with its own form: GET shows it, POST sends it."""
    return _gate(view, methods=("GET", "HEAD", "POST"))


def _gate(view: View[P], *, methods: tuple[str, ...]) -> Gated[P]:
    @require_http_methods(methods)
    @never_cache
    @wraps(view)
    def gated(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request, then=request.get_full_path() if "GET" in methods else _seen(request, kwargs))
        actor = actor_of(request.user, request.session)
        # What stands around the page asks for it once more.
        request.actor = actor  # type: ignore[attr-defined]
        # Somebody whose every role waits for a second factor is led to setting one up.
        if actor.withheld and not actor.roles:
            return _to(request, reverse(_SECURITY))
        try:
            check_view(actor, proposed="" if actor.roles else proposed_role(actor.id))
            return view(request, actor, *args, **kwargs)
        except StepUpNeeded:
            return _to(request, known_page(_seen(request, kwargs)))
        except DomainError as error:
            return refusal(request, error, back=_back(request, kwargs))
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            return refusal(request, DomainError(_DISK_FULL), back=_back(request, kwargs))

    return gated


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a part of the page; a step back in the browser asks for the whole."""
    htmx = getattr(request, "htmx", None)
    return False if not htmx else not htmx.history_restore_request


def _to_login(request: HttpRequest, *, then: str) -> HttpResponse:
    """htmx would put the login page into the fragment, so it is told to leave the page instead."""
    if wants_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(then)


def _to(request: HttpRequest, page: str) -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": page})
    return redirect(page)


def _seen(request: HttpRequest, kwargs: dict[str, object]) -> str:
    """The page on which somebody clicked: they read it again before they click again."""
    return _clicked_on(request) or _named(request, kwargs) or reverse("allocations:home")


def _back(request: HttpRequest, kwargs: dict[str, object]) -> str:
    """Where a refused person goes on: what the address names, else the page on which they clicked."""
    return _named(request, kwargs) or _clicked_on(request) or reverse("allocations:home")


def _clicked_on(request: HttpRequest) -> str:
    seen = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(seen, allowed_hosts={request.get_host()}):
        return ""
    # On its own a path such as //elsewhere.example/ is an address of another site.
    path = urlsplit(seen).path
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _named(request: HttpRequest, kwargs: dict[str, object]) -> str:
    match = request.resolver_match
    if match and match.url_name in _PAGE_OF:
        return reverse(_PAGE_OF[match.url_name])
    for name, place in _PLACES:
        if name in kwargs:
            return reverse(place, args=[kwargs[name]])
    return ""
