"""Calls that only read: they may be made again, and they end in a payload or an exception."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Final

from allocations.enkash.answer import AnswerKind, Reading
from allocations.enkash.auth import TokenSource
from allocations.enkash.contract.shapes import Call
from allocations.enkash.errors import OutcomeUnknown, Refused, UnknownKind
from allocations.enkash.hearing import Hear, nobody
from allocations.enkash.read_answer import read_answer
from allocations.enkash.sending import Sender
from allocations.enkash.strict_json import Json
from allocations.enkash.transport import RawAnswer

CALLS: Final = {"/cardAccount/get": Call.ACCOUNT, "/transaction/all": Call.LOOK_UP}
_UNKNOWN: Final = {
    AnswerKind.REDIRECTED: UnknownKind.STATUS,
    AnswerKind.SERVER_ERROR: UnknownKind.STATUS,
    AnswerKind.UNREADABLE: UnknownKind.UNREADABLE,
}


class Reader:
    """Asks EnKash and takes only a definite success for an answer."""

    def __init__(
        self,
        sender: Sender,
        tokens: TokenSource,
        *,
        clock: Callable[[], float] = time.time,
        hear: Hear = nobody,
    ) -> None:
        self._sender = sender
        self._tokens = tokens
        self._clock = clock
        self._hear = hear

    def ask(self, path: str, question: Mapping[str, object], *, params: Mapping[str, str] | None = None) -> Json:
        """The payload of a success. Logs in once more if the token is not accepted.

        Raises NotSent, Refused (its subclasses from the login) or OutcomeUnknown.
        """
        body = json.dumps(question).encode()
        raw, reading = self._once(path, body, params=params)
        if reading.kind is AnswerKind.UNAUTHORIZED:
            self._tokens.forget()
            raw, reading = self._once(path, body, params=params)
        if reading.kind is not AnswerKind.ROWS:
            raise _failure(raw, reading)
        return reading.payload

    def _once(self, path: str, body: bytes, *, params: Mapping[str, str] | None) -> tuple[RawAnswer, Reading]:
        seconds = self._sender.config.read_deadline
        token = self._tokens.token(min_life=seconds)
        raw = self._sender.send(path, body, params=params, token=token, deadline=seconds)
        if path in CALLS:
            self._hear(CALLS[path], raw)
        return raw, read_answer(raw, key=self._sender.config.encryption_key, now=self._clock())


def unreadable(said: str) -> OutcomeUnknown:
    """A success whose payload is not the documented one."""
    return OutcomeUnknown(said, kind=UnknownKind.UNREADABLE, http_status=200)


def _failure(raw: RawAnswer, reading: Reading) -> Refused | OutcomeUnknown:
    said = reading.message or f"HTTP {raw.status}"
    if kind := _UNKNOWN.get(reading.kind):
        return OutcomeUnknown(said, kind=kind, http_status=raw.status, partial=raw.body)
    return Refused(said, http_status=raw.status)
