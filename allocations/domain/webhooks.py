"""Events told to other programs: which, where to, signed how, and how often they are tried."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from allocations.domain.errors import InvalidInput
from allocations.domain.marks import gettext_noop as _
from allocations.domain.policy import Actor, Role, permits, require_role

LONGEST_URL = 500
_LONGEST_HOST = 253
MOST_WEBHOOKS = 20
# For how long a former secret signs beside the new one.
ROTATES_IN = timedelta(hours=24)
_HTTP = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Of IPv6 only this is given out to networks; a part of it stands in examples.
_ASSIGNED, _EXAMPLES = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("3fff::/20")
# Protocols' own, which the standard library takes for public.
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# Before each further try: a receiver that is away for three days misses nothing.
WAITS = (*(_MINUTE * at for at in (1, 5, 15, 30)), *(_HOUR * at for at in (1, 2, 4, 8, 12, 12, 12, 24)))


class Event(StrEnum):
    SUBMITTED = "batch.submitted"
    APPROVED = "batch.approved"
    SENT_BACK = "batch.sent_back"
    STARTED = "run.started"
    PAUSED = "run.paused"
    ATTENTION = "run.attention"
    SETTLED = "run.settled"


# Sent by a button, to whoever listens.
TEST = "test"
MEANS = {
    Event.SUBMITTED: _("A batch was submitted for approval"),
    Event.APPROVED: _("A batch was approved"),
    Event.SENT_BACK: _("A batch was sent back to its makers"),
    Event.STARTED: _("A run began to send"),
    Event.PAUSED: _("A run paused, and why"),
    Event.ATTENTION: _("A run waits for people"),
    Event.SETTLED: _("A run has ended"),
}
# Entries of the trail that they are made of.
EVENT_OF = {
    "batch submitted": Event.SUBMITTED,
    "batch approved": Event.APPROVED,
    "batch sent back": Event.SENT_BACK,
    "run start": Event.STARTED,
    "run pause": Event.PAUSED,
    "run need people": Event.ATTENTION,
    "run settle": Event.SETTLED,
}


def check_manage(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="change webhooks")


def checked_url(url: str, *, private: bool) -> str:
    """Trimmed. `private`: whether plain HTTP and addresses of one's own network are allowed. Raises InvalidInput."""
    text = url.strip()
    if len(text) > LONGEST_URL:
        raise InvalidInput(f"The address has {len(text)} characters. At most {LONGEST_URL} are stored.")
    try:
        parts = urlsplit(text)
        port = _HTTP.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        raise InvalidInput("This is no address. Write it like https://hr.example.com/rewards.") from None
    if parts.scheme not in _HTTP or not parts.hostname or not port or not text.isascii() or not text.isprintable():
        raise InvalidInput("This is no address. Write it like https://hr.example.com/rewards.")
    if "@" in parts.netloc or parts.fragment or " " in text:
        raise InvalidInput("The address has a user name, a password, a space or a # in it. Write it without.")
    if not _is_host(parts.hostname):
        raise InvalidInput("The address has no name of a computer in it. Write it like https://hr.example.com/rewards.")
    if parts.scheme == "http" and not private:
        raise InvalidInput("Only addresses that begin with https:// are told anything.")
    if _is_private_literal(parts.hostname.rstrip(".")) and not private:
        raise InvalidInput("This address is inside of a network. Only public ones are told anything.")
    return text


def check_events(events: Collection[Event]) -> None:
    if not events:
        raise InvalidInput("No event is chosen. Choose at least one.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's: nobody's own network, nothing of this machine."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast and found not in _PROTOCOLS
    if inner := _inside(found):
        return is_public(str(inner))
    return found.is_global and found in _ASSIGNED and found not in _EXAMPLES


def _inside(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that it stands for: mapped, by 6to4, or by NAT64."""
    by_nat = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
    return found.ipv4_mapped or found.sixtofour or by_nat


def _is_host(host: str) -> bool:
    """A name, or an IP address in its usual form: 127.1 and 0x7f000001 are such too, and read as names by nobody."""
    name = host.rstrip(".")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        is_number = _NUMBER.fullmatch(name.rpartition(".")[2])
        return len(host) <= _LONGEST_HOST and _NAME.fullmatch(host) is not None and not is_number
    return True


def _is_private_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)


def signature(body: bytes, *, secrets: Collection[str], at: datetime) -> str:
    """`t=1764240000,v1=...`: SHA-256 HMACs of "t.body", one for each secret that is in force."""
    seconds = int(at.timestamp())
    signed = f"{seconds}.".encode() + body
    hashes = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={seconds}", *(f"v1={one}" for one in hashes)])


def next_try(tries: int, *, now: datetime) -> datetime | None:
    """After `tries` tries that failed; None: given up."""
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None


can_manage = permits(check_manage)
