"""Where events may go, how they are signed, and how long they are tried."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from allocations.domain.errors import InvalidInput
from allocations.domain.webhooks import (
    EVENT_OF,
    MEANS,
    WAITS,
    Event,
    check_events,
    checked_url,
    is_public,
    next_try,
    signature,
)

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url", ["https://hr.example.com/rewards", "https://hr.example.com:8443/?a=b", " https://8.8.8.8/x "]
)
def test_public_addresses_are_taken(url) -> None:
    assert checked_url(url, private=False) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hr.example.com",
        "ftp://hr.example.com/",
        "https://",
        "https://hr.example.com:99999/",
        "https://hr.example.com:x/",
        "https://[::1",
        "http://hr.example.com/",
        "https://asha@hr.example.com/",
        "https://asha:secret@hr.example.com/",
        "https://hr.example.com/#x",
        "https://hr.example.com/a b",
        "https://hr.example.com/\nX: y",
        "https://hr.exämple.com/",
        "https://localhost/",
        "https://db.internal/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://x.example/" + "a" * 500,
        # The same places under other names.
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://10.0.0.8./",
        "https://localhost./",
        "https://db.internal./",
        "https://[64:ff9b:1::7f00:1]/",
        # Names that no resolver takes.
        "https://a..b/",
        "https://" + "a" * 64 + ".com/",
        "https://%31%32%37.1/",
        "https://hr.example.com\\@db/",
        "https://@hr.example.com/",
        "https://hr.example.com:0/",
    ],
)
def test_anything_else_is_refused(url) -> None:
    with pytest.raises(InvalidInput):
        checked_url(url, private=False)


def test_own_network_is_taken_where_it_is_allowed() -> None:
    for url in ("http://10.0.0.8:8080/x", "http://localhost/x", "https://[::1]/"):
        assert checked_url(url, private=True) == url
    with pytest.raises(InvalidInput):
        checked_url("ftp://10.0.0.8/", private=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("192.0.0.8", False),
        ("hr.example.com", False),
    ],
)
def test_which_addresses_are_the_internets(address, public) -> None:
    assert is_public(address) is public


def test_signature_is_what_the_documentation_says() -> None:
    said = signature(b'{"id":1}', secrets=["new", "old"], at=NOW)
    seconds = int(NOW.timestamp())
    expected = [hmac.new(key, b"%d." % seconds + b'{"id":1}', hashlib.sha256).hexdigest() for key in (b"new", b"old")]
    assert said == f"t={seconds},v1={expected[0]},v1={expected[1]}"


def test_it_is_tried_for_days_and_then_given_up() -> None:
    tries, now = 1, NOW
    while (then := next_try(tries, now=now)) is not None:
        assert then > now
        tries, now = tries + 1, then
    assert (tries, now - NOW >= timedelta(days=3)) == (len(WAITS) + 1, True)


def test_every_event_is_made_of_an_entry_and_explained() -> None:
    assert set(EVENT_OF.values()) == set(MEANS) == set(Event)
    with pytest.raises(InvalidInput):
        check_events([])
