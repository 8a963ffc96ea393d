"""Where EnKash is and how this partner speaks to it."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  (a path, not a password)
_REQUIRED: Final = ("partner_id", "username", "password", "client_id", "client_secret")
_POSITIVE: Final = ("connect_timeout", "deadline", "read_deadline", "max_token_age", "body_cap")


class Encryption(StrEnum):
    """Which bodies are sealed. An answer that arrives sealed is opened in every mode if a key is set."""

    OFF = "off"
    REQUESTS = "requests"
    BOTH = "both"


class ReferenceKey(StrEnum):
    """How the single call names the reference: EnKash's field table and its examples disagree."""

    NUMBER = "uniqueReferenceNumber"
    NUM = "uniqueReferenceNum"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class EnkashConfig:
    """Everything the client needs. Times are seconds, `body_cap` is decoded bytes.

    `api_url` is the base in front of `/api/v0/...`; `token_url` the full URL of the token call, or its host.
    `deadline` bounds one money call, `read_deadline` one login or reading call. A transaction status outside
    `settled_statuses` and `failed_statuses` decides nothing. Raises ValueError, which names the field.
    """

    api_url: str
    token_url: str
    partner_id: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    auth_scheme: str = "Bearer"
    encryption: Encryption = Encryption.OFF
    encryption_key: str = field(default="", repr=False)
    connect_timeout: float = 5.0
    deadline: float = 120.0
    read_deadline: float = 20.0
    max_token_age: int = 240
    body_cap: int = 5 * 2**20
    reference_key: ReferenceKey = ReferenceKey.NUMBER
    settled_statuses: frozenset[str] = frozenset({"SUCCESS", "COMPLETED", "PROCESSED", "SETTLED"})
    failed_statuses: frozenset[str] = frozenset({"FAILED", "DECLINED", "REJECTED"})
    ca_file: str = ""

    def __post_init__(self) -> None:
        """Normalise, then refuse what cannot work."""
        self._set("api_url", checked_url(self.api_url, name="api_url"))
        self._set("token_url", _token_url(self.token_url))
        self._set("encryption", Encryption(self.encryption))
        self._set("reference_key", ReferenceKey(self.reference_key))
        self._set("settled_statuses", frozenset(status.upper() for status in self.settled_statuses))
        self._set("failed_statuses", frozenset(status.upper() for status in self.failed_statuses))
        self._check_values()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check_values(self) -> None:
        for name in _REQUIRED:
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; EnKash issues it at onboarding.")
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be above 0.")
        if self.encryption is not Encryption.OFF and not self.encryption_key:
            raise ValueError(f"encryption is {self.encryption} but encryption_key is empty; set the key.")
        if both := self.settled_statuses & self.failed_statuses:
            raise ValueError(f"{', '.join(sorted(both))} is both a settled and a failed status; keep one.")


def checked_url(url: str, *, name: str) -> str:
    """The URL without a trailing slash: https, or plain http to this machine; no login, query or fragment."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError(f"{name} is no web address; it must start with https:// and a host.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError(f"{name} uses http to {parts.hostname}; use https. Plain http is for this machine only.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{name} carries a login, query or fragment; give scheme, host and path only.")
    return url.rstrip("/")


def _token_url(url: str) -> str:
    clean = checked_url(url, name="token_url")
    return clean if urlsplit(clean).path else clean + TOKEN_PATH


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
