"""One request as it arrived, and the checks of its headers and query that all endpoints share."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.answers import JSON, Declined, Endpoint
from allocations.enkash.simulator.payload import Content
from allocations.enkash.simulator.people import AccountKey

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """received_at: epoch seconds of the first byte. is_open tells whether the client still waits."""

    number: int
    endpoint: Endpoint
    received_at: float
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    content: Content
    is_open: Callable[[], bool]

    @property
    def fields(self) -> dict[str, object]:
        """The one object of a body that is not bulk's."""
        return self.content.items[0].fields

    @property
    def account(self) -> AccountKey:
        """companyId and cardAccountId as asked for, empty where missing."""
        source: Mapping[str, object] = self.query
        if self.endpoint is not Endpoint.BULK and self.content.items:
            source = self.fields
        return str(source.get("companyId", "")), str(source.get("cardAccountId", ""))

    @property
    def bearer(self) -> str:
        """The token; bulk's documentation shows it without a scheme, so both forms are taken there."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer":
            return token
        return scheme if self.endpoint is Endpoint.BULK and not token else ""

    @property
    def basic(self) -> tuple[str, str]:
        """The pair of a Basic header, empty where it cannot be read."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            return "", ""
        name, _, secret = pair.partition(":")
        return (name, secret) if scheme.casefold() == "basic" else ("", "")

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def read_query(text: str) -> dict[str, str]:
    """Query parameters; one that is given twice counts as missing, for nobody says which would be read."""
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items() if len(values) == 1}


def check_headers(request: Request) -> None:
    """partnerId and Content-Type as documented, else Declined."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if content_type != JSON:
        raise Declined(415, f"Content-Type is {content_type or 'missing'}; {JSON} expected")
    partner = request.headers.get("partnerid")
    if partner is None:
        raise Declined(400, "Required header partnerId is missing")
    if partner != demo.PARTNER_ID:
        raise Declined(422, "Card Account does not exist for this partner")


def flag(request: Request, name: str) -> bool:
    """A required boolean of the query, else Declined."""
    match request.query.get(name):
        case "true":
            return True
        case "false":
            return False
        case None:
            raise Declined(400, f"Required parameter {name} is missing")
        case other:
            raise Declined(400, f"Parameter {name} is {other!r}; true or false expected")


def whole_number(request: Request, name: str, *, default: int) -> int:
    """A number of the query that is not negative, else Declined."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Declined(400, f"Parameter {name} is {text!r}; a whole number expected")
    return int(text)
