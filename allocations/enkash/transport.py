"""One POST over HTTP that ends in time and says what is known of it.

`requests` alone does not: its sessions send a POST body again on 307, read a redirect's body without limit,
take credentials from ~/.netrc and count a timeout per read, so a server sending a byte a second holds them
for ever. Here one adapter makes one call on one fresh connection, with no session around it: no redirects,
retries, cookies, proxies or netrc, and no reset from a connection that idled too long.
"""

import io
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Final

import requests
from urllib3.exceptions import DecodeError, HTTPError

from allocations.enkash.errors import BadCertificate, NotSent, OutcomeUnknown, UnknownKind
from allocations.enkash.timed_socket import TimedAdapter, anywhere, trusting

KEPT_HEADERS: Final = (
    "content-type",
    "content-length",
    "date",
    "retry-after",
    "location",
    "x-request-id",
    "cf-ray",
)
_HEADER_CHARACTERS: Final = 200
_BLOCK: Final = 64 * 1024
_TROUBLE: Final = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A complete HTTP answer, whatever its status. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    seconds: float


class Outgoing(io.BytesIO):
    """The request body; knows whether anybody has taken bytes from it, which is what "not sent" means."""

    def __init__(self, body: bytes, *, ends_at: float) -> None:
        super().__init__(body)
        self.started = False
        self._ends_at = ends_at

    def read(self, size: int | None = -1, /) -> bytes:
        """The next block, unless the call's time is over."""
        if time.monotonic() >= self._ends_at:
            raise TimeoutError("The deadline passed before the body was sent.")
        self.started = True
        return super().read(size)


class Transport:
    """Sends one POST at a time per call; keeps nothing of a call, so threads may share it."""

    def __init__(
        self,
        *,
        connect_timeout: float = 5.0,
        body_cap: int = 5 * 2**20,
        ca_file: str = "",
        may_reach: Callable[[str], bool] = anywhere,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._may_reach = may_reach
        self._body_cap = body_cap
        self._ca_file = ca_file
        self._trusted: ssl.SSLContext | None = None

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes,
        deadline: float,
    ) -> RawAnswer:
        """The server's answer, also 3xx, 4xx and 5xx.

        `deadline` is seconds for everything: no read lasts past it, a write or a connect at most one connect
        timeout (per address of the host); the resolver keeps its own limits. Raises NotSent, BadCertificate
        or OutcomeUnknown. Anything else that interrupts the call, such as a job's timeout, passes through.
        """
        began = time.monotonic()
        call = _Call(Outgoing(body, ends_at=began + deadline))
        try:
            prepared = _prepare(url, headers=headers, params=params, body=call.outgoing)
            adapter = TimedAdapter(ends_at=began + deadline, trust=self._trust, may_reach=self._may_reach)
            with closing(adapter):
                timeouts = (min(self._connect_timeout, deadline), deadline)
                response = adapter.send(prepared, stream=True, timeout=timeouts, verify=True)
                call.status = response.status_code
                self._receive(response, call=call)
        except _TROUBLE as error:
            raise _verdict(error, call=call) from error
        return RawAnswer(call.status, _kept(response.headers), bytes(call.received), time.monotonic() - began)

    def _trust(self) -> ssl.SSLContext:
        """Made at the first call that needs it, so that an unusable file is a call that was not sent."""
        if self._trusted is None:
            self._trusted = trusting(self._ca_file)
        return self._trusted

    def _receive(self, response: requests.Response, *, call: "_Call") -> None:
        with response:
            for block in response.iter_content(_BLOCK):
                call.received += block
                if len(call.received) > self._body_cap:
                    raise OutcomeUnknown(
                        f"The answer is larger than {self._body_cap} bytes.",
                        kind=UnknownKind.TOO_LARGE,
                        http_status=call.status,
                        partial=bytes(call.received[: self._body_cap]),
                    )


@dataclass(slots=True)
class _Call:
    """How far a call has come. A status of 0 means that no answer has begun."""

    outgoing: Outgoing
    status: int = 0
    received: bytearray = field(default_factory=bytearray)


def _prepare(
    url: str, *, headers: Mapping[str, str], params: Mapping[str, str] | None, body: Outgoing
) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.prepare(
        method="POST",
        url=url,
        headers={**headers, "Connection": "close"},
        params=dict(params or {}),
        data=body,
    )
    return request


def _kept(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: headers[name][:_HEADER_CHARACTERS] for name in KEPT_HEADERS if name in headers}


def _verdict(error: Exception, *, call: _Call) -> NotSent | OutcomeUnknown:
    # The body's own record decides, since exception types do not: a refused connection and a reset after the
    # server has read everything are both ConnectionError.
    chain = tuple(_causes(error))
    if not call.outgoing.started:
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain):
            return BadCertificate(f"The server's certificate does not prove its name: {chain[-1]}")
        return NotSent(f"Nothing was sent: {_said(chain[-1])}")
    kind = _kind(chain, call=call)
    return OutcomeUnknown(
        f"The call ended without a complete answer ({kind}): {_said(chain[-1])}",
        kind=kind,
        http_status=call.status,
        partial=bytes(call.received),
    )


def _kind(chain: tuple[BaseException, ...], *, call: _Call) -> UnknownKind:
    if any(isinstance(cause, TimeoutError) for cause in chain):
        return UnknownKind.DEADLINE
    if any(isinstance(cause, (DecodeError, requests.exceptions.ContentDecodingError)) for cause in chain):
        return UnknownKind.UNREADABLE
    if call.status:
        return UnknownKind.PARTIAL
    if any(isinstance(cause, OSError) and not isinstance(cause, requests.RequestException) for cause in chain):
        return UnknownKind.RESET
    return UnknownKind.UNREADABLE


def _said(cause: BaseException) -> str:
    # requests quotes a header it refuses, token included.
    return type(cause).__name__ if isinstance(cause, ValueError) else str(cause)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
