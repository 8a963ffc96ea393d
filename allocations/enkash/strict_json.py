"""JSON that cannot be read in two ways, or is refused.

`json.loads` takes the last of two equal keys, NaN, Infinity and lone surrogates: none may pass where
money is decided.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias, cast

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | Decimal | bool | None"

MAX_BYTES: Final = 32 * 2**20
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 30
_BOM: Final = b"\xef\xbb\xbf"


class NotStrictJson(ValueError):
    """The bytes are not JSON, or are JSON with more than one reading."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value whose object keys are lower-case, and what was odd but harmless about its bytes."""

    value: Json
    notes: tuple[str, ...] = ()


def read_json(body: bytes) -> Parsed:
    """The value of a UTF-8 JSON text. Raises NotStrictJson, nothing else."""
    if len(body) > MAX_BYTES:
        raise NotStrictJson(f"{len(body)} bytes; the limit is {MAX_BYTES}.")
    notes = ("The body starts with a byte order mark.",) if body.startswith(_BOM) else ()
    try:
        text = body.removeprefix(_BOM).decode()
        value = _loads(text)
    except RecursionError as error:
        raise NotStrictJson("Nested too deep.") from error
    except NotStrictJson:
        raise
    except (ValueError, ArithmeticError) as error:
        raise NotStrictJson(str(error)) from error
    _check_depth(value)
    # UTF-8 has no lone surrogates, so only an escape can have made one.
    if "\\u" in text:
        _check_texts(value)
    return Parsed(value, notes)


def _loads(text: str) -> Json:
    value = json.loads(
        text,
        object_pairs_hook=_object,
        parse_int=_integer,
        parse_float=_decimal,
        parse_constant=_no_constant,
    )
    return cast("Json", value)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Keys in lower case: EnKash spells `enKashCardId` and `enkashCardId` for one thing."""
    value = {key.lower(): item for key, item in pairs}
    if len(value) != len(pairs):
        raise NotStrictJson("An object has the same key twice.")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotStrictJson(f"A number of {len(digits)} characters.")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    # A short text can name a huge number: 1e999999999 would fill the memory once it is written out.
    value = Decimal(digits) if len(digits) <= 2 * MAX_DIGITS else Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        raise NotStrictJson(f"A number of {len(digits)} characters or too large an exponent.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise NotStrictJson(f"{name} is no JSON.")


def _check_depth(root: Json) -> None:
    level: list[Json] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value) if isinstance(child, dict | list)]
        if not level:
            return
    raise NotStrictJson(f"Nested deeper than {MAX_DEPTH} levels.")


def _check_texts(root: Json) -> None:
    level: list[Json] = [root]
    while level:
        for value in level:
            if isinstance(value, str):
                _check_text(value)
        level = [child for value in level for child in (*_keys(value), *_children(value))]


def _keys(value: Json) -> Iterable[str]:
    return value if isinstance(value, dict) else ()


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotStrictJson("A lone surrogate in a text.") from error
