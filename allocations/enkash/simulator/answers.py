"""An answer before it goes onto the wire, and the envelopes that EnKash documents."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from allocations.enkash.simulator.wire import WHOLE, Wire

JSON = "application/json"
HTML = "text/html; charset=utf-8"


class Endpoint(StrEnum):
    """The calls of the documentation that the simulator serves."""

    TOKEN = "token"  # noqa: S105 - a path, not a secret
    BULK = "bulk"
    ACCOUNT = "account"
    TRANSACTIONS = "transactions"
    SEARCH = "search"
    SINGLE = "single"
    SSO = "sso"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Either a JSON document or finished bytes; `edit` changes the bytes of a document after it is written.

    delay: seconds between the end of the work and the first byte of the answer.
    """

    status: int = 200
    document: object = None
    body: bytes | None = None
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    edit: Callable[[bytes], bytes] | None = None
    wire: Wire = WHOLE
    delay: float = 0.0

    def payload(self) -> bytes:
        """The bytes of the body, before encryption."""
        if self.body is not None:
            return self.body
        text = json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()
        return self.edit(text) if self.edit is not None else text


class Declined(Exception):
    """EnKash's refusal of a whole call."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text

    def answer(self) -> Answer:
        return refusal(self.text, status=self.status)


def success(payload: object) -> Answer:
    """The envelope of bulk, single and card search."""
    return Answer(document={"code": 0, "message": "Success", "payload": payload})


def response_success(payload: object) -> Answer:
    """The envelope of account details and user search."""
    return Answer(document={"response_code": 0, "response_message": "Success", "payload": payload})


def refusal(text: str, *, status: int) -> Answer:
    """The envelope of every documented failure; the payload repeats the text."""
    return Answer(status=status, document={"response_code": 1, "response_message": text, "payload": text})


def oauth_error(error: str, description: str, *, status: int) -> Answer:
    """Spring Security's stock answer, which EnKash's token answers resemble."""
    return Answer(status=status, document={"error": error, "error_description": description})


def html(status: int, title: str) -> Answer:
    """A gateway's own page in front of EnKash."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return Answer(status=status, body=page.encode(), content_type=HTML)


def number(value: Decimal) -> int | float:
    """A JSON number: whole where it is whole, else with up to two decimals."""
    return int(value) if value == value.to_integral_value() else float(round(value, 2))
