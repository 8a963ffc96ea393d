"""Logins and bearer tokens; three wrong logins in a row lock the user."""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from allocations.enkash.simulator import demo

WRONG_LOGINS_TO_LOCK: Final = 3


class LoginError(Exception):
    """A refused login: OAuth's error code, a sentence, and the HTTP status."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The form of one token request and the pair from its Basic header."""

    username: str
    password: str
    client_id: str
    basic_id: str
    basic_secret: str


@dataclass(slots=True)
class Tokens:
    """Tokens in life with the instant each dies. Safe for threads."""

    locked: bool = False
    wrong_in_a_row: int = 0
    issued: int = 0
    _dies_at: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def log_in(self, login: Login, *, now: float, life: float) -> str:
        """A new token that lives for `life` seconds, or LoginError."""
        with self._lock:
            if self.locked:
                raise LoginError("invalid_grant", "User account is locked")
            try:
                check_login(login)
            except LoginError:
                self.wrong_in_a_row += 1
                self.locked = self.wrong_in_a_row >= WRONG_LOGINS_TO_LOCK
                raise
            self.wrong_in_a_row = 0
            self.issued += 1
            token = secrets.token_hex(20)
            self._dies_at[token] = now + life
            return token

    def is_valid(self, token: str, *, now: float) -> bool:
        return now < self._dies_at.get(token, 0.0)

    def expire_all(self) -> None:
        with self._lock:
            self._dies_at.clear()

    def clear(self) -> None:
        with self._lock:
            self._dies_at.clear()
            self.locked = False
            self.wrong_in_a_row = 0


def check_login(login: Login) -> None:
    """Raises LoginError unless every part is the demo user's."""
    if (login.basic_id, login.basic_secret) != (demo.CLIENT_ID, demo.CLIENT_SECRET):
        raise LoginError("invalid_client", "Bad client credentials", status=401)
    if login.client_id != demo.CLIENT_ID:
        raise LoginError("invalid_grant", "clientId is not the client of the Authorization header")
    if (login.username, login.password) != (demo.USERNAME, demo.PASSWORD):
        raise LoginError("invalid_grant", "Bad credentials")
