"""Logging in to EnKash: seldom, one at a time, and never a third time in a row after two failures.

EnKash locks the account after three wrong logins. So every try is counted where it lasts before it is made, and the
store that counts also decides whether another may follow.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlencode

from allocations.enkash.config import EnkashConfig
from allocations.enkash.contract.shapes import Call
from allocations.enkash.errors import (
    EnkashError,
    LoginRefused,
    NotSent,
    OutcomeUnknown,
    UnknownKind,
)
from allocations.enkash.fields import message
from allocations.enkash.hearing import Hear, nobody
from allocations.enkash.strict_json import Json, NotStrictJson, read_json
from allocations.enkash.transport import RawAnswer, Transport

MOST_FAILURES: Final = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; `expires_at` is epoch seconds."""

    value: str = field(repr=False)
    expires_at: float


class TokenStore(Protocol):
    """Keeps the token and the count of failed logins; shared by everybody who uses one EnKash account."""

    def current(self) -> Token | None:
        """The token kept last, however old."""

    def begin_login(self) -> None:
        """Count a try durably before it is made and hold off other logins until one of the four ends below.

        Raises LoginBlocked, without holding anything, when two tries in a row have failed.
        """

    def login_left(self) -> float:
        """Seconds for which the login that was begun is still ours; nothing of it may be on its way afterwards."""

    def login_succeeded(self, token: Token) -> None:
        """Keep the token; the count starts over."""

    def login_not_sent(self) -> None:
        """Nothing left this machine, or nothing was needed: take the try back."""

    def login_failed(self, reason: str) -> None:
        """The try counts."""

    def forget(self) -> None:
        """Drop the token: a call was answered 401."""


class TokenSource:
    """Hands out the kept token while it lives long enough, and logs in when it does not."""

    def __init__(
        self,
        config: EnkashConfig,
        transport: Transport,
        store: TokenStore,
        clock: Callable[[], float] = time.time,
        hear: Hear = nobody,
    ) -> None:
        self._config = config
        self._transport = transport
        self._store = store
        self._clock = clock
        self._hear = hear

    def token(self, min_life: float) -> Token:
        """A token with `min_life` seconds left, or the freshest that EnKash gives.

        Raises LoginBlocked, LoginRefused, NotSent or OutcomeUnknown; in each case only the login is concerned.
        """
        if kept := self._kept(min_life):
            return kept
        self._store.begin_login()
        # Whoever held the login before us may have brought what we need.
        if kept := self._kept(min_life):
            self._store.login_not_sent()
            return kept
        return self._log_in()

    def forget(self) -> None:
        """Drop the kept token: EnKash does not accept it."""
        self._store.forget()

    def _kept(self, min_life: float) -> Token | None:
        token = self._store.current()
        return token if token and token.expires_at - self._clock() >= min_life else None

    def _log_in(self) -> Token:
        try:
            token = self._request()
        except NotSent:
            self._store.login_not_sent()
            raise
        except EnkashError as error:
            self._store.login_failed(str(error))
            raise
        except BaseException:
            self._store.login_failed("The login was interrupted.")
            raise
        self._store.login_succeeded(token)
        return token

    def _request(self) -> Token:
        config = self._config
        basic = base64.b64encode(f"{config.client_id}:{config.client_secret}".encode()).decode()
        form = {
            "grant_type": "password",
            "username": config.username,
            "password": config.password,
            "clientId": config.client_id,
        }
        started = self._clock()
        left = self._store.login_left()
        if left <= 0:
            raise NotSent("This process was held up until others could log in, so it did not.")
        raw = self._transport.post(
            config.token_url,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"},
            body=urlencode(form).encode(),
            deadline=min(config.read_deadline, left),
        )
        self._hear(Call.LOGIN, raw)
        value, seconds = read_token_answer(raw)
        return Token(value, started + min(seconds, config.max_token_age))


def read_token_answer(raw: RawAnswer) -> tuple[str, int]:
    """The token and its life in seconds.

    Raises LoginRefused for every complete answer without them, OutcomeUnknown for 3xx and 5xx.
    """
    if raw.status // 100 in {3, 5}:
        said = f"The login answered HTTP {raw.status}."
        raise OutcomeUnknown(said, kind=UnknownKind.STATUS, http_status=raw.status, partial=raw.body)
    body = _body(raw)
    value, seconds = body.get("access_token"), body.get("expires_in")
    if raw.status != 200:
        said = message(body, "error_description", "message", "response_message", "error")
        raise LoginRefused(said or f"The login answered HTTP {raw.status}.", http_status=raw.status)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value.strip():
        raise LoginRefused("The login's answer holds no token.", http_status=raw.status)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        raise LoginRefused("The login's answer gives the token no life (expires_in).", http_status=raw.status)
    return value, seconds


def _body(raw: RawAnswer) -> dict[str, Json]:
    try:
        value = read_json(raw.body).value
    except NotStrictJson:
        return {}
    return value if isinstance(value, dict) else {}
