"""One POST to an address that somebody typed: never into our own network, never longer than its time."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from allocations.domain.webhooks import is_public
from allocations.enkash.errors import EnkashError
from allocations.enkash.transport import Transport

_CONNECT_SECONDS = 5.0
_SECONDS = 15.0
_LONGEST_ANSWER = 1 << 16
_INSIDE = "The address leads into a private network, and nothing was sent."


@dataclass(frozen=True, slots=True)
class Said:
    """`status` 0: no answer came. `text`: for people."""

    status: int
    text: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> Said:
    """Redirects are not followed. Where the name leads is looked at before and, for names that change their mind, on
    the connection itself."""
    may_reach = (lambda _: True) if settings.WEBHOOK_PRIVATE_ADDRESSES else is_public
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Said(0, "The name of the address leads nowhere.")
    if not all(may_reach(str(one[4][0])) for one in found):
        return Said(0, _INSIDE)
    transport = Transport(connect_timeout=_CONNECT_SECONDS, body_cap=_LONGEST_ANSWER, may_reach=may_reach)
    try:
        answer = transport.post(url, headers=headers, body=body, deadline=_SECONDS)
    except EnkashError as error:
        return Said(0, _printable(str(error))[:300])
    return Said(answer.status, f"HTTP {answer.status}")


def _printable(text: str) -> str:
    """It may quote what an odd receiver said, which no database need take."""
    return "".join(character if character.isprintable() else "�" for character in text)
