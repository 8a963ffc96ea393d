"""One POST to somebody's address: what reaches them, and what never goes out."""

import socket

import pytest

from allocations.gateway.webhooks import post
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


@pytest.mark.usefixtures("_own_network")
def test_nobody_listens() -> None:
    with receiver() as there:
        url = there.url
    said = post(url, headers=HEADERS, body=b"{}")
    assert (said.status, said.text.startswith("Nothing was sent")) == (0, True)
