import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from rewards_portal import probe


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    seen: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Host"]))
            self.send_response(200 if self.headers["Host"] == "portal.example.com" else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("PORT", str(running.server_port))
        yield seen
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(("hosts", "code"), [("portal.example.com,other", 0), (".portal.example.com", 0), ("other", 1)])
def test_probe_asks_under_an_allowed_name(server, monkeypatch, hosts: str, code: int) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    assert (probe.main(), server) == (code, [("/health/", hosts.split(",", maxsplit=1)[0].lstrip("."))])


def test_probe_fails_without_a_server(monkeypatch) -> None:
    monkeypatch.setenv("PORT", "9")
    assert probe.main() == 1
