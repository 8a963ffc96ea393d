from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.strict_json import MAX_BYTES, MAX_DEPTH, NotStrictJson, Parsed, read_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"enKashCardId":"EKC1"}', {"enkashcardid": "EKC1"}),
        (b"[1, 2.50, true, null]", [1, Decimal("2.50"), True, None]),
        ('"\u0906\u0936\u093e"'.encode(), "\u0906\u0936\u093e"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b"-" + b"9" * 29, -int("9" * 29)),
        (b"1e30", Decimal("1e30")),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    ],
)
def test_read_json_gives_the_value(body, value):
    parsed = read_json(body)
    assert parsed.notes == ()
    assert value is None or parsed.value == value


def test_read_json_notes_a_byte_order_mark():
    """F42."""
    assert read_json(b"\xef\xbb\xbf{}") == Parsed({}, ("The body starts with a byte order mark.",))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html></html>",
        b"{} {}",
        b'{"a":1,"a":1}',
        b'{"a":1,"A":2}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b'"\\ud800"',
        b'{"\\ud800":1}',
        b'{"a":["\\udfff"]}',
        b'"\xff"',
        b"\xff\xfe{\x00}\x00",
        b"9" * 31,
        b"1e31",
        b"1e-31",
        b"0." + b"1" * 60,
        b"1e999999999999999999999",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b"[" * 1_000_000,
        b"[" * 1_000_000 + b"]" * 1_000_000,
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_read_json_refuses_what_has_no_single_reading(body):
    """F40, F42."""
    with pytest.raises(NotStrictJson):
        read_json(body)


@given(st.binary(max_size=200))
def test_read_json_raises_nothing_else(body):
    """F40."""
    with suppress(NotStrictJson):
        assert isinstance(read_json(body), Parsed)
