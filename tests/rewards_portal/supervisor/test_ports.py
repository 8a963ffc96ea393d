import socket
from collections.abc import Iterator

import pytest

from rewards_portal.supervisor import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_free_port_is_the_preferred_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ports.free_port(port) == port


def test_free_port_avoids_a_taken_one(taken: int) -> None:
    assert ports.free_port(taken) != taken


def test_answers_tells_a_listener_from_none(taken: int) -> None:
    assert (ports.answers(taken), ports.answers(9)) == (True, False)


def test_serves_is_false_without_a_server() -> None:
    assert ports.serves(9, path="/health/") is False
