"""Who calls: a bearer token, the scope that an operation asks for, and the person that the program acts for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja.security import HttpBearer

from allocations.domain.api_tokens import Scope, check_scope
from allocations.domain.policy import Actor, check_view
from allocations.models import ApiToken
from allocations.services.api_tokens import knows_token, use_token


@dataclass(frozen=True, slots=True)
class Caller:
    token: ApiToken
    actor: Actor


class Call(HttpRequest):
    """A request that came through the door."""

    auth: Caller


class Token(HttpBearer):
    """`Authorization: Bearer rpt_...`, with a token that has `scope`."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, _request: HttpRequest, token: str) -> Caller | None:
        used = use_token(token)
        if used is None:
            return None
        caller = Caller(*used)
        check_scope(self.scope, among=caller.token.scopes)
        check_view(caller.actor)
        return caller


def opens(authorization: str) -> bool:
    """Whether a header names a token that is in force: asked before a body is stored, and counted as no call."""
    kind, _, token = authorization.partition(" ")
    return kind.lower() == "bearer" and knows_token(token)


def needs(scope: Scope, **document: Any) -> dict[str, Any]:
    """What every operation says: its scope, to the door and in the document; `document`: what that says besides."""
    return {"auth": Token(scope), "openapi_extra": {"x-scope": scope.value, **document}}


def never_kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers are of one moment and often personal: no proxy may keep one."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return answered
