"""Every way an HTTP call can end, over real sockets."""

import gzip
import socket
import time
import zlib
from pathlib import Path

import pytest

from allocations.enkash.errors import BadCertificate, NotSent, OutcomeUnknown, UnknownKind
from allocations.enkash.transport import Outgoing, Transport
from tests.enkash.raw_server import Visit, answering, http, serving
from tests.enkash.tls import certificate, server_side

BODY = b'[{"mobile":"9000000001"}]'


def post(url: str, *, deadline: float = 30.0, body: bytes = BODY, transport: Transport | None = None):
    return (transport or Transport()).post(
        url + "/call", headers={"Authorization": "Bearer t"}, params={"companyId": "C 1"}, body=body, deadline=deadline
    )


def failure(behaviour, **options) -> OutcomeUnknown:
    with serving(behaviour) as server, pytest.raises(OutcomeUnknown) as caught:
        post(server.url, **options)
    return caught.value


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 413, 422, 429, 500, 502, 504])
def test_post_returns_every_complete_answer(status):
    body = b"" if status == 204 else b"{}"
    with serving(answering(http(status, body))) as server:
        raw = post(server.url)
    assert (raw.status, raw.body, len(server.visits)) == (status, body, 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed_and_the_body_not_sent_again(status):
    """F34."""
    with serving(answering(b"")) as other:
        with serving(answering(http(status, b"", f"Location: {other.url}/"))) as server:
            raw = post(server.url)
        assert (raw.headers["location"], other.visits) == (other.url + "/", [])


def test_request_carries_exactly_what_was_given():
    with serving(answering(http(200, b"{}"))) as server:
        post(server.url)
    head, _, body = server.visits[0].request.partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"POST /call?companyId=C+1 HTTP/1.1", BODY)
    assert sorted(head.lower().split(b"\r\n")[1:]) == [
        b"accept-encoding: identity",
        b"authorization: bearer t",
        b"connection: close",
        b"content-length: 25",
        f"host: 127.0.0.1:{server.port}".encode(),
        b"user-agent: " + _user_agent(head),
    ]


def _user_agent(head: bytes) -> bytes:
    return next(line.partition(b": ")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"user-agent"))


def test_netrc_and_proxy_variables_change_nothing(monkeypatch, tmp_path: Path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving(answering(http(200, b"{}"))) as server:
        post(server.url)
    assert b"Authorization: Bearer t\r\n" in server.visits[0].request


def test_cookies_are_not_kept_between_calls():
    transport = Transport()
    with serving(answering(http(200, b"{}", "Set-Cookie: JSESSIONID=1"))) as server:
        post(server.url, transport=transport)
        post(server.url, transport=transport)
    assert [b"ookie" in visit.request for visit in server.visits] == [False, False]


def test_headers_are_kept_by_name_and_cut():
    long = "x" * 300
    with serving(answering(http(429, b"", "Retry-After: 7", "Set-Cookie: a=b", f"X-Request-Id: {long}"))) as server:
        raw = post(server.url)
    assert raw.headers == {"content-length": "0", "retry-after": "7", "x-request-id": "x" * 200}


def test_refused_connection_is_not_sent():
    """F28."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent):
        post(f"http://127.0.0.1:{port}")


def test_unresolved_name_is_not_sent(monkeypatch):
    def unresolved(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    with pytest.raises(NotSent):
        post("http://enkash.invalid")


def test_connect_timeout_is_not_sent(monkeypatch):
    """F28."""

    def late(self, address):
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", late)
    with pytest.raises(NotSent):
        post("http://127.0.0.1:9")


@pytest.mark.parametrize("value", ["t\r\nX: y", "t\u20b9"])
def test_header_that_cannot_be_sent_is_not_sent_and_not_quoted(value):
    with serving(answering(http(200, b"{}"))) as server, pytest.raises(NotSent) as caught:
        Transport().post(server.url, headers={"Authorization": value}, body=BODY, deadline=5)
    assert value not in str(caught.value)


def test_unknown_certificate_is_bad_certificate(tmp_path: Path):
    files = certificate(tmp_path, name="127.0.0.1")
    with serving(answering(http(200, b"{}")), tls=server_side(files)) as server, pytest.raises(BadCertificate):
        post(f"https://127.0.0.1:{server.port}")


def test_certificate_of_another_host_is_bad_certificate(tmp_path: Path):
    """F28."""
    files = certificate(tmp_path, name="127.0.0.9")
    transport = Transport(ca_file=str(files.certificate))
    with serving(answering(http(200, b"{}")), tls=server_side(files)) as server, pytest.raises(BadCertificate):
        post(f"https://127.0.0.1:{server.port}", transport=transport)


def test_known_certificate_is_answered(tmp_path: Path):
    files = certificate(tmp_path, name="127.0.0.1")
    transport = Transport(ca_file=str(files.certificate))
    with serving(answering(http(200, b"{}")), tls=server_side(files)) as server:
        assert post(f"https://127.0.0.1:{server.port}", transport=transport).body == b"{}"


def test_authorities_are_read_once(tmp_path: Path):
    files = certificate(tmp_path, name="127.0.0.1")
    transport = Transport(ca_file=str(files.certificate))
    with serving(answering(http(200, b"{}")), tls=server_side(files)) as server:
        for _ in range(2):
            assert post(f"https://127.0.0.1:{server.port}", transport=transport).status == 200
            files.certificate.unlink(missing_ok=True)


def test_unusable_authorities_are_not_sent(tmp_path: Path):
    with pytest.raises(NotSent, match="No such file"):
        post("https://127.0.0.1:9", transport=Transport(ca_file=str(tmp_path / "none.pem")))


def test_tls_is_timed_while_the_answer_drips(tmp_path: Path):
    files = certificate(tmp_path, name="127.0.0.1")
    transport = Transport(ca_file=str(files.certificate))

    def behave(visit: Visit) -> None:
        visit.read()
        visit.drip(http(200, b"{}" * 50), seconds=0.1)

    with serving(behave, tls=server_side(files)) as server, pytest.raises(OutcomeUnknown) as caught:
        post(f"https://127.0.0.1:{server.port}", transport=transport, deadline=0.5)
    assert caught.value.kind is UnknownKind.DEADLINE


def test_handshake_with_no_tls_server_is_not_sent():
    def behave(visit: Visit) -> None:
        visit.sock.recv(10)
        visit.sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(behave) as server, pytest.raises(NotSent) as caught:
        post(f"https://127.0.0.1:{server.port}")
    assert not isinstance(caught.value, BadCertificate)


def test_silent_tls_server_is_not_sent():
    with serving(lambda visit: visit.stopped.wait(5)) as server, pytest.raises(NotSent):
        post(f"https://127.0.0.1:{server.port}", transport=Transport(connect_timeout=0.3))


def test_no_answer_ends_at_the_deadline():
    """F29."""
    error = failure(lambda visit: visit.stopped.wait(20), deadline=0.4)
    assert (error.kind, error.http_status, error.partial) == (UnknownKind.DEADLINE, 0, b"")


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
def test_slow_loris_ends_at_the_deadline(head):
    """F30."""

    def behave(visit: Visit) -> None:
        visit.read()
        visit.sock.sendall(head)
        visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500, seconds=0.1)

    error = failure(behave, deadline=1.0)
    assert error.kind is UnknownKind.DEADLINE


def test_slow_chunked_answer_ends_at_the_deadline_and_keeps_its_bytes():
    def behave(visit: Visit) -> None:
        visit.read()
        visit.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(50):
            visit.sock.sendall(b"1\r\nx\r\n")
            if visit.stopped.wait(0.1):
                return

    error = failure(behave, deadline=1.0)
    assert (error.kind, error.http_status) == (UnknownKind.DEADLINE, 200)
    assert set(error.partial) <= set(b"x")


def test_reset_after_the_whole_request_is_unknown():
    def behave(visit: Visit) -> None:
        visit.read()
        visit.reset()

    assert failure(behave).kind is UnknownKind.RESET


def test_close_without_an_answer_is_unknown():
    assert failure(answering(b"")).kind is UnknownKind.RESET


def test_reset_in_the_middle_of_the_request_is_unknown():
    def behave(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.reset()

    assert failure(behave, body=b"x" * 20_000_000).kind is UnknownKind.RESET


def test_server_that_stops_reading_is_unknown():
    error = failure(
        lambda visit: visit.stopped.wait(5), body=b"x" * 50_000_000, transport=Transport(connect_timeout=0.3)
    )
    assert error.kind is UnknownKind.DEADLINE


def test_answer_before_the_body_is_read_is_returned():
    def behave(visit: Visit) -> None:
        visit.sock.recv(4096)
        visit.sock.sendall(http(413, b"{}"))
        visit.stopped.wait(1)

    with serving(behave) as server:
        assert post(server.url, body=b"x" * 1000).status == 413


@pytest.mark.parametrize(
    "cut",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"code":0',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"code":0\r\n',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n{"code":0',
    ],
    ids=["content-length", "between chunks", "inside a chunk"],
)
def test_cut_answer_is_unknown_and_keeps_its_status(cut):
    """F31."""
    error = failure(answering(cut))
    assert (error.kind, error.http_status) == (UnknownKind.PARTIAL, 200)


def test_close_delimited_answer_counts_as_complete():
    """F31, F32."""
    with serving(answering(b'HTTP/1.1 200 OK\r\n\r\n{"code":')) as server:
        assert post(server.url).body == b'{"code":'


@pytest.mark.parametrize("data", [b"no http at all\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n"])
def test_answer_that_is_no_http_is_unknown(data):
    assert failure(answering(data)).kind is UnknownKind.UNREADABLE


def test_contradicting_lengths_are_unknown():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}"
    assert failure(answering(data)).kind is UnknownKind.UNREADABLE


def test_gzip_answer_is_decoded():
    with serving(answering(http(200, gzip.compress(b"{}"), "Content-Encoding: gzip"))) as server:
        assert post(server.url).body == b"{}"


def test_broken_gzip_is_unknown():
    assert failure(answering(http(200, b"no gzip", "Content-Encoding: gzip"))).kind is UnknownKind.UNREADABLE


def test_body_over_the_cap_is_unknown_and_kept_up_to_it():
    """F41."""
    error = failure(answering(http(200, b"x" * 1000)), transport=Transport(body_cap=999))
    assert (error.kind, error.partial) == (UnknownKind.TOO_LARGE, b"x" * 999)


def test_body_of_exactly_the_cap_is_returned():
    with serving(answering(http(200, b"x" * 1000))) as server:
        assert post(server.url, transport=Transport(body_cap=1000)).body == b"x" * 1000


def test_gzip_bomb_stops_at_the_cap():
    """F41."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeezer.compress(bytes(2**20)) for _ in range(60)) + squeezer.flush()
    error = failure(answering(http(200, bomb, "Content-Encoding: gzip")), transport=Transport(body_cap=2**20))
    assert (error.kind, len(error.partial)) == (UnknownKind.TOO_LARGE, 2**20)


def test_interruption_passes_through(monkeypatch):
    class JobTimeout(Exception):
        pass

    def interrupt(self, size=-1, /):
        raise JobTimeout

    monkeypatch.setattr(Outgoing, "read", interrupt)
    with serving(answering(http(200, b"{}"))) as server, pytest.raises(JobTimeout):
        post(server.url)


def test_body_is_not_begun_after_the_deadline():
    outgoing = Outgoing(b"body", ends_at=time.monotonic() - 1)
    with pytest.raises(TimeoutError):
        outgoing.read()
    assert outgoing.started is False


def test_deadline_before_the_body_is_not_sent(monkeypatch):
    connect = socket.socket.connect

    def slow(self, address):
        time.sleep(0.3)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", slow)
    with serving(answering(http(200, b"{}"))) as server, pytest.raises(NotSent):
        post(server.url, deadline=0.2)
