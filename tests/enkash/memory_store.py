"""A TokenStore in memory, for tests that need no database."""

import threading

from allocations.enkash.auth import MOST_FAILURES, Token
from allocations.enkash.errors import LoginBlocked


class MemoryTokenStore:
    """For one process, safe between its threads."""

    def __init__(self) -> None:
        self._login = threading.Lock()
        self._token: Token | None = None
        self._failures = 0
        self.left = 60.0

    def current(self) -> Token | None:
        return self._token

    def begin_login(self) -> None:
        self._login.acquire()
        if self._failures >= MOST_FAILURES:
            self._login.release()
            raise LoginBlocked(f"{self._failures} logins in a row failed; check the credentials, then try once.")
        self._failures += 1

    def login_left(self) -> float:
        return self.left

    def login_succeeded(self, token: Token) -> None:
        self._token, self._failures = token, 0
        self._login.release()

    def login_not_sent(self) -> None:
        self._failures -= 1
        self._login.release()

    def login_failed(self, reason: str) -> None:
        self._login.release()

    def forget(self) -> None:
        self._token = None
