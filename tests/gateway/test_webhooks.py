"""One POST to somebody's address: what reaches them, and what never goes out."""

import socket
import threading

import pytest

from allocations.gateway.webhooks import Said, post
from tests.factories.receivers import receiver

HEADERS = {"Content-Type": "application/json", "Portal-Event-Id": "e1"}


@pytest.fixture
def _own_network(settings) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True


@pytest.mark.usefixtures("_own_network")
def test_body_and_headers_arrive() -> None:
    with receiver() as there:
        said = post(there.url, headers=HEADERS, body=b'{"id":"e1"}')
    ((headers, body),) = there.got
    assert (said.status, said.is_good, body, headers["Portal-Event-Id"]) == (204, True, b'{"id":"e1"}', "e1")


@pytest.mark.usefixtures("_own_network")
@pytest.mark.parametrize("status", [302, 307, 400, 404, 500, 503])
def test_everything_but_two_hundred_is_no_success(status) -> None:
    with receiver() as there, receiver() as elsewhere:
        there.status, there.location = status, elsewhere.url
        said = post(there.url, headers=HEADERS, body=b"{}")
    assert (said.status, said.is_good, elsewhere.got) == (status, False, [])


def test_own_network_is_told_nothing(settings) -> None:
    assert settings.WEBHOOK_PRIVATE_ADDRESSES is False
    with receiver() as there:
        said = post(there.url, headers=HEADERS, body=b"{}")
    assert (said.status, said.text, there.got) == (
        0,
        "The address leads into a private network, and nothing was sent.",
        [],
    )


def test_name_that_changes_its_mind_is_told_nothing(monkeypatch) -> None:
    """Public when it is looked up, ours when it is connected to."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    with receiver() as there:
        monkeypatch.setattr("allocations.gateway.webhooks.socket.getaddrinfo", _first(public, socket.getaddrinfo))
        said = post(there.url, headers=HEADERS, body=b"{}")
    assert (said.status, there.got) == (0, [])
    assert "may be reached" in said.text


def _first(answer, real):
    asked = []

    def getaddrinfo(*args, **options):
        asked.append(args)
        return answer if len(asked) == 1 else real(*args, **options)

    return getaddrinfo


def test_name_that_leads_nowhere_is_told_so() -> None:
    assert (
        post("https://nowhere.invalid/", headers=HEADERS, body=b"{}").text == "The name of the address leads nowhere."
    )


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example.com"])
def test_name_that_is_none_leads_nowhere(host) -> None:
    """The resolver's encoder refuses it, which is no error of the network."""
    said = post(f"https://{host}/", headers=HEADERS, body=b"{}")
    assert said == Said(0, "The name of the address leads nowhere.")


@pytest.mark.usefixtures("_own_network")
@pytest.mark.parametrize("line", [b"\0\x1b[31mx\r\n", b"HTTP/1.1 \0\r\n\r\n", b"\xff" * 5000])
def test_what_an_odd_receiver_says_can_be_stored_and_shown(line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_say, args=(server, line))
        thread.start()
        said = post(f"http://127.0.0.1:{server.getsockname()[1]}/", headers=HEADERS, body=b"{}")
        thread.join()
    assert (said.status, said.text.isprintable(), len(said.text) <= 300) == (0, True, True)


def _say(server: socket.socket, line: bytes) -> None:
    there, _ = server.accept()
    with there:
        there.recv(1 << 16)
        there.sendall(line)


@pytest.mark.usefixtures("_own_network")
def test_nobody_listens() -> None:
    with receiver() as there:
        url = there.url
    said = post(url, headers=HEADERS, body=b"{}")
    assert (said.status, said.text.startswith("Nothing was sent")) == (0, True)
