"""Reads request bodies strictly and keeps the bytes of every row, to compare a resend with the first send."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from allocations.enkash.simulator import sealing
from allocations.enkash.simulator.answers import Declined, Endpoint
from allocations.enkash.simulator.options import Encryption, Options

WHITESPACE = " \t\r\n"
ARRAY_EXPECTED = "The request body is not a JSON array of objects"
OBJECT_EXPECTED = "The request body is not a JSON object"


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON object of a body with the digest of its exact bytes."""

    fields: dict[str, object]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What a body says, or why it cannot be read."""

    items: tuple[Item, ...] = ()
    problem: Declined | None = None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key occurs twice")
    return fields


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=Decimal)


def read_content(endpoint: Endpoint, body: bytes, *, options: Options) -> Content:
    """The objects of a body; total, so that a request is journalled whatever it carries."""
    if endpoint is Endpoint.TOKEN:
        return Content()
    try:
        text = _plain(body, options=options).decode("utf-8")
        items = read_array(text) if endpoint is Endpoint.BULK else [read_object(text)]
    except Declined as declined:
        return Content(problem=declined)
    except (ValueError, RecursionError):
        expected = ARRAY_EXPECTED if endpoint is Endpoint.BULK else OBJECT_EXPECTED
        return Content(problem=Declined(400, expected))
    return Content(items=tuple(items))


def read_array(text: str) -> list[Item]:
    """The items of a JSON array, or ValueError."""
    position = _skip(text, 0)
    _expect(text, position, "[")
    position = _skip(text, position + 1)
    items: list[Item] = []
    if text[position : position + 1] == "]":
        return items
    while True:
        item, position = read_item(text, position)
        items.append(item)
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            break
        _expect(text, position, ",")
        position = _skip(text, position + 1)
    if _skip(text, position + 1) != len(text):
        raise ValueError("text after the array")
    return items


def read_object(text: str) -> Item:
    """The one object of a body, or ValueError."""
    item, end = read_item(text, 0)
    if _skip(text, end) != len(text):
        raise ValueError("text after the object")
    return item


def read_item(text: str, start: int) -> tuple[Item, int]:
    """The JSON object at a place and the place after it, or ValueError."""
    start = _skip(text, start)
    _expect(text, start, "{")
    fields, end = DECODER.raw_decode(text, start)
    return Item(fields, hashlib.blake2b(text[start:end].encode(), digest_size=12).digest()), end


def _plain(body: bytes, *, options: Options) -> bytes:
    if options.encryption is Encryption.OFF:
        return body
    try:
        return sealing.unwrap(body, secret=options.encryption_key)
    except ValueError as error:
        raise Declined(422, "Invalid encrypted request.") from error


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in WHITESPACE:
        position += 1
    return position


def _expect(text: str, position: int, character: str) -> None:
    if text[position : position + 1] != character:
        raise ValueError(f"{character} expected")
