"""A transport that answers from a list and records what it was asked."""

from dataclasses import dataclass

from allocations.enkash.config import EnkashConfig
from allocations.enkash.transport import RawAnswer
from tests.enkash.raw_server import raw

TOKEN = raw(200, '{"access_token":"T1","token_type":"bearer","expires_in":86399,"refresh_token":"R"}')


def config(**changes) -> EnkashConfig:
    """A configuration for loopback."""
    given = {
        "api_url": "http://127.0.0.1:9",
        "token_url": "http://127.0.0.1:9/oauth/token",
        "partner_id": "CRDEMO001",
        "username": "9000000001",
        "password": "p&ss",
        "client_id": "CEKDEMO001",
        "client_secret": "secret",
    }
    return EnkashConfig(**(given | changes))


@dataclass
class Call:
    url: str
    headers: dict
    params: dict | None
    body: bytes
    deadline: float


class FakeTransport:
    """Gives the answers in turn, the last one again and again; an exception among them is raised."""

    def __init__(self, *answers: RawAnswer | BaseException) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []

    def post(self, url, *, headers, params=None, body, deadline) -> RawAnswer:
        self.calls.append(Call(url, dict(headers), params, body, deadline))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer
