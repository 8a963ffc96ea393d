"""From the bytes of an answer to its class: the table "transport result -> class", as a pure function.

Total: whatever the bytes, it returns. When in doubt the class is one that presumes nothing about the money.
"""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from allocations.enkash.answer import AnswerKind, Reading
from allocations.enkash.envelope import NotSealed, open_sealed, sealed_text
from allocations.enkash.fields import LONGEST_MESSAGE, message, number, text
from allocations.enkash.strict_json import Json, NotStrictJson, Parsed, read_json
from allocations.enkash.transport import RawAnswer

LONGEST_WAIT: Final = 900.0
_SUCCESS_LIST: Final = "successbulkenkashcardcreatedtos"
_REFUSING_STATUSES: Final = frozenset({400, 404, 413, 415, 422})
_SECONDS: Final = re.compile(r"[0-9]{1,20}")

# The refusals that EnKash documents for a whole call; all others with HTTP 200 leave the outcome open.
_WHOLE_REFUSALS: Final = (
    "company id is required if it is an enkash user",
    "primary enkash card is not present",
    "kyc is not uploaded or under review for the primary card",
    "bin type is not mapped on planmaster",
    "card account does not exist for this partner",
    "card account not found for companyid",
)
_EMPTY_PURSE: Final = "insufficient balance"


def read_answer(raw: RawAnswer, *, key: str = "", now: float) -> Reading:
    """The class of an answer and its envelope. `key` opens sealed bodies; `now` is epoch seconds."""
    if 300 <= raw.status < 400:
        return Reading(AnswerKind.REDIRECTED, message=f"HTTP {raw.status} to {raw.headers.get('location', '?')}")
    wait = retry_after(raw.headers, now=now)
    try:
        parsed = _open(read_json(raw.body), key=key)
    except (NotStrictJson, NotSealed) as error:
        return _unparsed(raw.status, error=error, wait=wait)
    notes = (*parsed.notes, *_type_notes(raw.headers))
    if not isinstance(parsed.value, dict):
        return _unparsed(raw.status, error=NotStrictJson("The body is no JSON object."), wait=wait)
    return Reading(
        kind=_kind(raw.status, parsed.value, wait=wait),
        code=_code(parsed.value),
        message=_message(parsed.value),
        payload=parsed.value.get("payload"),
        retry_after=wait,
        notes=notes,
    )


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds to wait as the server asks, from 0 to 900; None if it does not say or not in a known form."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
        seconds = at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _open(parsed: Parsed, *, key: str) -> Parsed:
    sealed = sealed_text(parsed.value)
    if sealed is None:
        return parsed
    if not key:
        raise NotSealed("The answer is sealed and no key is set.")
    inner = read_json(open_sealed(sealed, key))
    return Parsed(inner.value, (*parsed.notes, *inner.notes))


def _unparsed(status: int, *, error: ValueError, wait: float | None) -> Reading:
    """An answer that is not EnKash's: a gateway's page, or nothing that can be read."""
    said = f"HTTP {status}, body not readable: {error}"
    if status == 429:
        kind = AnswerKind.THROTTLED if wait is not None else AnswerKind.SERVER_ERROR
    elif status in {200, 401, 403} or status in _REFUSING_STATUSES:
        kind = AnswerKind.UNREADABLE
    else:
        kind = AnswerKind.SERVER_ERROR
    return Reading(kind, message=said, retry_after=wait)


def _type_notes(headers: Mapping[str, str]) -> tuple[str, ...]:
    content_type = headers.get("content-type", "")
    return () if "json" in content_type.lower() else (f"The content type is {content_type or 'missing'}.",)


def _kind(status: int, body: Mapping[str, Json], *, wait: float | None) -> AnswerKind:
    if status == 200:
        return _kind_of_success(body)
    if _has_credits(body):
        return AnswerKind.UNREADABLE
    if status in {401, 403} or (status == 400 and body.get("error") == "invalid_token"):
        return AnswerKind.UNAUTHORIZED
    if status == 429:
        told = wait is not None or _is_failure(body)
        return AnswerKind.THROTTLED if told else AnswerKind.SERVER_ERROR
    if status in _REFUSING_STATUSES:
        return _kind_of_refusal(body)
    return AnswerKind.SERVER_ERROR


def _kind_of_success(body: Mapping[str, Json]) -> AnswerKind:
    if _code(body) == 0:
        return AnswerKind.ROWS
    if not _is_failure(body) or _has_credits(body):
        return AnswerKind.UNREADABLE
    said = _message(body).lower()
    if _EMPTY_PURSE in said:
        return AnswerKind.INSUFFICIENT_BALANCE
    return AnswerKind.REFUSED_WHOLE if is_documented(said) else AnswerKind.UNREADABLE


def is_documented(said: str) -> bool:
    """Whether EnKash's text is one of its documented refusals of a whole call."""
    return any(refusal in said.lower() for refusal in _WHOLE_REFUSALS)


def _kind_of_refusal(body: Mapping[str, Json]) -> AnswerKind:
    if not _is_failure(body):
        return AnswerKind.UNREADABLE
    # The wall may stand in the middle of the list whatever the status says, so nothing is presumed.
    poor = _EMPTY_PURSE in _message(body).lower()
    return AnswerKind.INSUFFICIENT_BALANCE if poor else AnswerKind.REFUSED_WHOLE


def _is_failure(body: Mapping[str, Json]) -> bool:
    code = _code(body)
    return code is not None and code != 0


def _code(body: Mapping[str, Json]) -> int | None:
    """`code` or `response_code`; None if neither is a number or the two disagree."""
    codes = {number(body, name) for name in ("code", "response_code") if name in body}
    value = codes.pop() if len(codes) == 1 else None
    return int(value) if value is not None and value == value.to_integral_value() else None


def _has_credits(body: Mapping[str, Json]) -> bool:
    payload = body.get("payload")
    return isinstance(payload, dict) and _SUCCESS_LIST in payload


def _message(body: Mapping[str, Json]) -> str:
    """EnKash's own text; on errors `payload` is a text too."""
    said = message(body, "message", "response_message", "error_description", "error")
    payload = text(body, "payload")
    both = f"{said} ({payload})" if said and payload and payload != said else said or payload
    return both[:LONGEST_MESSAGE]
