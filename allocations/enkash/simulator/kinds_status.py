"""Faults that answer with another status or another document altogether."""

import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from allocations.enkash.simulator.answers import Answer, Endpoint, html, oauth_error, refusal
from allocations.enkash.simulator.kind import Kind
from allocations.enkash.simulator.ledger import INSUFFICIENT
from allocations.enkash.simulator.work import Stage

NO_PRIMARY_CARD: Final = "Primary Enkash card is not present. So bulk upload cannot be done"
ABSURD_SECONDS: Final = 10**9


def error(_answer: Answer, *, status: int = 500, page: bool = False) -> Answer:
    """page: a gateway's HTML instead of EnKash's JSON."""
    return html(status, "Server error") if page else refusal("Internal server error", status=status)


def late(answer: Answer, *, seconds: float = 2.0, status: int = 504, page: bool = True) -> Answer:
    """The answer of a gateway that gave up; EnKash does the work `seconds` later."""
    del seconds
    return error(answer, status=status, page=page)


def page_200(_answer: Answer) -> Answer:
    return html(200, "Welcome")


def empty_200(_answer: Answer) -> Answer:
    return Answer(body=b"")


def redirect(_answer: Answer, *, code: int = 307, location: str = "/moved") -> Answer:
    return replace(html(code, "Moved"), headers=(("Location", location),))


def unauthorized(_answer: Answer) -> Answer:
    return oauth_error("invalid_token", "Access token expired", status=401)


def forbidden(_answer: Answer, *, page: bool = False) -> Answer:
    return html(403, "Forbidden") if page else refusal("IP address is not allowed", status=403)


def throttle(_answer: Answer, *, retry_after: int | str = 2, page: bool = False) -> Answer:
    """retry_after: seconds, "date" (five seconds ahead), "absurd" or "missing"."""
    answer = html(429, "Too many requests") if page else refusal("Too many requests", status=429)
    match retry_after:
        case "missing":
            return answer
        case "date":
            value = formatdate(time.time() + 5, usegmt=True)
        case "absurd":
            value = str(ABSURD_SECONDS)
        case seconds:
            value = str(seconds)
    return replace(answer, headers=(("Retry-After", value),))


def whole_refusal(_answer: Answer, *, text: str = NO_PRIMARY_CARD, status: int = 422, page: bool = False) -> Answer:
    return html(status, text) if page else refusal(text, status=status)


def insufficient_whole(_answer: Answer) -> Answer:
    return refusal(INSUFFICIENT, status=200)


KINDS: Final[Mapping[str, Kind]] = {
    "error_before": Kind(stage=Stage.NONE, change=error),
    "error_half": Kind(stage=Stage.HALF, change=error),
    "error_after": Kind(change=error),
    "process_late": Kind(stage=Stage.LATE, change=late),
    "html_200": Kind(change=page_200),
    "empty_200": Kind(change=empty_200),
    "redirect": Kind(stage=Stage.NONE, change=redirect),
    "unauthorized": Kind(stage=Stage.NONE, change=unauthorized, is_answer=True),
    "forbidden": Kind(stage=Stage.NONE, change=forbidden, is_answer=True),
    "throttle": Kind(stage=Stage.NONE, change=throttle, is_answer=True),
    "whole_refusal": Kind(stage=Stage.NONE, change=whole_refusal, is_answer=True),
    "insufficient_whole": Kind(stage=Stage.HALF, change=insufficient_whole),
    "balance_down": Kind(endpoint=Endpoint.ACCOUNT, stage=Stage.NONE, change=error),
    "lookup_down": Kind(endpoint=Endpoint.TRANSACTIONS, stage=Stage.NONE, change=error),
    "token_500": Kind(endpoint=Endpoint.TOKEN, stage=Stage.NONE, change=error),
}
