"""What a call to EnKash can end in, told by what is known of the money.

EnkashError
├── NotSent             no byte of the request body left this machine
│   └── BadCertificate  the server could not prove who it is
├── Refused             a complete, definite answer that says no
│   ├── LoginRefused    the token call gave no usable token
│   └── LoginBlocked    two logins in a row failed: no further automatic try
└── OutcomeUnknown      everything else: it may have happened
"""

from enum import StrEnum


class UnknownKind(StrEnum):
    """Why an outcome is unknown."""

    DEADLINE = "deadline"
    """No complete answer within the time allowed."""
    RESET = "reset"
    """The connection was lost before the answer began."""
    PARTIAL = "partial"
    """The answer began and was cut."""
    TOO_LARGE = "too_large"
    """The decoded body passed the cap."""
    UNREADABLE = "unreadable"
    """Not HTTP, or a body that is not the documented answer."""
    STATUS = "status"
    """An HTTP status that says nothing definite: 3xx, 5xx and the like."""


class EnkashError(Exception):
    """Root of everything this library raises on purpose."""


class NotSent(EnkashError):
    """No byte of the request body left this machine, so EnKash cannot have acted on it."""


class BadCertificate(NotSent):
    """The TLS certificate does not prove the host. There is no switch to go on regardless."""


class Refused(EnkashError):
    """EnKash answered no. `message` is its own text; `http_status` is 0 if no call was made."""

    def __init__(self, message: str, *, http_status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status


class LoginRefused(Refused):
    """The token call answered without a usable token. Never retried: three refusals lock the account."""


class LoginBlocked(Refused):
    """Two logins in a row have failed; only a person may try again."""


class OutcomeUnknown(EnkashError):
    """The call may have had its effect. `partial` holds the bytes that did arrive."""

    def __init__(self, message: str, *, kind: UnknownKind, http_status: int = 0, partial: bytes = b"") -> None:
        super().__init__(message)
        self.kind = kind
        self.http_status = http_status
        self.partial = partial
