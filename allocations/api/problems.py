"""Refusals as `application/problem+json` (RFC 9457): in a word, in a sentence, and where in the request."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from structlog.contextvars import get_contextvars

from allocations.domain.api_tokens import TooManyCalls
from allocations.domain.errors import DomainError, InvalidInput, NotAllowed, StateConflict
from allocations.gateway.outages import SECONDS, is_outage
from allocations.services.locks import ChangedMeanwhile

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
# What is not said of a request that is longer.
_MOST = 100


class Where(Schema):
    """One value that cannot be used. `row`: of the rows in the request, from 1; `field`: its name."""

    row: int | None = None
    field: str = ""
    message: str


class Problem(Schema):
    """What was refused, and why. `type` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Where] = []
    request_id: str = ""


class BadRequest(DomainError):
    """The request itself is not as it should be, whatever stands in it (400)."""


class TooLarge(DomainError):
    """More came than is read (413)."""


@dataclass(frozen=True, slots=True)
class _Kind:
    status: int
    name: str
    title: str


_KINDS: tuple[tuple[type[Exception], _Kind], ...] = (
    (TooManyCalls, _Kind(429, "too-many-calls", "Too many calls")),
    (ChangedMeanwhile, _Kind(412, "changed", "Changed meanwhile")),
    (StateConflict, _Kind(409, "conflict", "Not possible as things stand")),
    (NotAllowed, _Kind(403, "not-allowed", "Not allowed")),
    (InvalidInput, _Kind(422, "invalid", "Cannot be used")),
    (BadRequest, _Kind(400, "bad-request", "Not understood")),
    (TooLarge, _Kind(413, "too-large", "Too large")),
    (DomainError, _Kind(503, "unavailable", "Not available")),
)
_INVALID, _BAD, _LARGE = (dict(_KINDS)[known] for known in (InvalidInput, BadRequest, TooLarge))
_STRANGER = _Kind(401, "unknown-token", "Who are you?")
_MISSING = _Kind(404, "not-found", "Not found")
_FAILED = _Kind(500, "failed", "Failed")
_FAILURE = "The portal failed. Send the request again under the same Idempotency-Key, or tell who runs the portal."
_NOTHING_THERE = "There is nothing under this address."
# Of what is refused before it is known to be a call of the API.
_BEFORE: Mapping[int, tuple[_Kind, str]] = {
    400: (_BAD, "The request cannot be read, or its body broke off before its end. Nothing was done."),
    404: (_MISSING, _NOTHING_THERE),
    405: (_Kind(405, "method", "Not with this method"), "This address takes other methods; Allow names them."),
    411: (_Kind(411, "no-length", "How long is it?"), "The body came without its length. Send Content-Length."),
    413: (_LARGE, "The body is longer than the portal takes. Nothing of it was read. Split the list."),
    500: (_FAILED, _FAILURE),
    503: (
        dict(_KINDS)[DomainError],
        "The portal is not available at the moment. Send the request again, a POST under the same Idempotency-Key.",
    ),
}
Handler = Callable[[HttpRequest, Any], HttpResponse]


def install(api: NinjaAPI) -> None:
    """One place decides what becomes of an error, as views.errors does for pages."""
    handlers: tuple[tuple[type[Exception], Handler], ...] = (
        (DomainError, _refused),
        (AuthenticationError, _stranger),
        (ValidationError, _misshapen),
        (HttpError, _unreadable),
        (RequestDataTooBig, _too_big),
        (Http404, _missing),
        (Exception, _failed),
    )
    for known, handler in handlers:
        api.add_exception_handler(known, handler)


def problem(status: int) -> HttpResponse:
    """The refusal of something that never came as far as an operation."""
    kind, detail = _BEFORE.get(status) or (_Kind(status, "refused", "Refused"), "The request was refused.")
    answer = _answer(kind, detail)
    add_never_cache_headers(answer)
    return answer


def _answer(kind: _Kind, detail: str, *, errors: tuple[Where, ...] = (), **headers: str) -> HttpResponse:
    problem = Problem(
        type=f"urn:rewards-portal:{kind.name}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        errors=list(errors),
        request_id=get_contextvars().get("request_id", ""),
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(problem.model_dump_json(), status=kind.status, content_type=MEDIA_TYPE, headers=named)


def _refused(_request: HttpRequest, error: DomainError) -> HttpResponse:
    kind = next(kind for known, kind in _KINDS if isinstance(error, known))
    if isinstance(error, TooManyCalls):
        return _answer(kind, error.sentence, Retry_After=str(error.seconds))
    return _answer(kind, error.sentence)


def _stranger(_request: HttpRequest, _error: Exception) -> HttpResponse:
    detail = "Send an API token that is in force: Authorization: Bearer rpt_... Make one on the page of API tokens."
    return _answer(_STRANGER, detail, WWW_Authenticate="Bearer")


def _misshapen(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = tuple(_where(one) for one in error.errors[:_MOST])
    more = f" The first {_MOST} are named." if len(error.errors) > _MOST else ""
    found = "1 value has" if len(error.errors) == 1 else f"{len(error.errors)} values have"
    detail = f"{found} not the form that the document asks for. Nothing was done.{more}"
    return _answer(_INVALID, detail, errors=places)


def _where(error: Mapping[str, Any]) -> Where:
    """("body", "new", "rows", 3, "amount", "int") is the amount of the fourth row: what follows is pydantic's."""
    place = [*error["loc"][1:], ""]
    match place[1:] if place[0] in _PARAMETERS else place:
        case ["rows", int(at), field, *_]:
            return Where(row=at + 1, field=str(field), message=error["msg"])
        case [field, *_]:
            return Where(field=str(field), message=error["msg"])
        case _:
            return Where(message=error["msg"])


# Names of our own parameters: none of the caller's.
_PARAMETERS = frozenset({"new", "changes", "what", "wish", "about", "sent", "paging"})


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error.__cause__, BadRequest):
        return _refused(request, error.__cause__)
    return _answer(_BAD, "The body is no JSON. Nothing was done.")


def _too_big(_request: HttpRequest, _error: Exception) -> HttpResponse:
    detail = "The body is too long to be taken as one JSON object. Send the list as a stream to /batches/upload."
    return _answer(_LARGE, detail)


def _missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return _answer(_MISSING, _NOTHING_THERE)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("an API call failed: %s %s", request.method, request.path, exc_info=error)
    if is_outage(error):
        return _answer(*_BEFORE[503], Retry_After=str(SECONDS))
    return _answer(_FAILED, _FAILURE)
