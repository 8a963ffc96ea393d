"""Through the web server that a production has: bodies without a length, that break off, that are too long."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from allocations.models import Batch, Row, TrailEntry, Upload
from rewards_portal.supervisor.tree import end_with_parent, kill_session
from tests.factories.api import SOMEBODY, check
from tests.services_up.workers import BASE_DIR, process_environment

pytestmark = pytest.mark.django_db(transaction=True)
LINE = json.dumps(SOMEBODY).encode() + b"\n"
LIMIT = 1 << 20


@pytest.fixture
def port(transactional_db) -> Iterator[int]:
    """Of gunicorn, as the Dockerfile starts it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        os.set_inheritable(listener.fileno(), True)
        server = (
            "--bind",
            f"fd://{listener.fileno()}",
            "--worker-class",
            "gthread",
            "--workers",
            "2",
            "--threads",
            "4",
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *server, "--no-control-socket", "rewards_portal.wsgi"],
            cwd=BASE_DIR,
            env={**process_environment("redis://127.0.0.1:9/0"), "UPLOAD_MAX_BYTES": str(LIMIT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it makes one system call and nothing else
        )
        yield listener.getsockname()[1]
        kill_session(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()


def call(port: int, head: str, body: bytes = b"", *, token: str = "", breaks: bool = False) -> tuple[int, str]:
    """Status and body of an answer to raw bytes. `breaks`: the client says no more, and waits."""
    auth = f"Authorization: Bearer {token}\r\n" if token else ""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as there:
        there.sendall(f"{head}\r\nHost: localhost\r\nConnection: close\r\n{auth}\r\n".encode() + body)
        if breaks:
            there.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: there.recv(1 << 16), b""))
    said = re.match(rb"HTTP/1.1 (\d+) .*?\r\n\r\n(.*)", answer, re.DOTALL)
    assert said, answer
    return int(said[1]), said[2].decode()


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def upload(account: int, *headers: str) -> str:
    more = ["Content-Type: application/x-ndjson", "Idempotency-Key: k", *headers]
    return "\r\n".join([f"POST /api/v1/batches/upload?purpose=x&account={account} HTTP/1.1", *more])


CHUNKED = "Transfer-Encoding: chunked"


def test_stream_without_a_length_is_taken_whole(port, program, account) -> None:
    head = upload(account.pk, CHUNKED)
    body = chunks(LINE[:10], LINE[10:], LINE.replace(b"671", b"672"))
    status, said = call(port, head, body, token=program.text)
    assert status == 202, said
    assert Upload.objects.get().size == 2 * len(LINE)
    check(json.loads(said)["id"])
    assert Row.objects.count() == 2
    again = call(port, head, chunks(LINE, LINE.replace(b"671", b"672")), token=program.text)
    assert (again, Batch.objects.count()) == ((202, said), 1)


@pytest.mark.parametrize("end", [b"", b"5\r\n{", b"zz\r\n", b"0\r\n"])
def test_stream_that_breaks_off_is_no_list(port, program, account, end) -> None:
    body = chunks(LINE, end=end)
    status, said = call(port, upload(account.pk, CHUNKED), body, token=program.text, breaks=True)
    assert (status, json.loads(said)["status"], Batch.objects.count()) == (400, 400, 0)


def test_list_that_breaks_off_before_its_length_is_no_list(port, program, account) -> None:
    head = upload(account.pk, f"Content-Length: {2 * len(LINE)}")
    status, said = call(port, head, LINE, token=program.text, breaks=True)
    assert (status, "broke off" in json.loads(said)["detail"], Batch.objects.count()) == (400, True, 0)


def test_stream_that_is_too_long_is_refused(port, program, account) -> None:
    body = chunks(*[LINE * 100] * (3 * LIMIT // len(LINE) // 100))
    for head, sent in (
        (upload(account.pk, CHUNKED), body),
        (upload(account.pk, f"Content-Length: {10 * LIMIT}"), b""),
    ):
        status, said = call(port, head, sent, token=program.text)
        assert (status, json.loads(said)["status"], Batch.objects.count()) == (413, 413, 0)


def test_same_request_to_two_processes_at_once_is_one_batch(port, program, account) -> None:
    """Sent over and over by a program that hears nothing: one batch, one answer, and until then a request to wait."""
    head, body = upload(account.pk, f"Content-Length: {len(LINE) * 2000}"), LINE * 2000
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: call(port, head, body, token=program.text), range(16)))
    made = Batch.objects.get()
    assert {status for status, _ in answers} <= {202, 409}
    assert {json.loads(said)["id"] for status, said in answers if status == 202} == {made.pk}
    assert (Upload.objects.count(), TrailEntry.objects.filter(event="batch created").count()) == (1, 1)


def test_json_may_come_in_chunks_too(port, program, account) -> None:
    body = json.dumps({"purpose": "x", "account": account.pk, "rows": [SOMEBODY]}).encode()
    head = f"POST /api/v1/batches HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n{CHUNKED}"
    assert call(port, head, chunks(body[:20], body[20:]), token=program.text)[0] == 202


def test_strangers_stream_nothing(port, account) -> None:
    """They are answered while their list is still to come, so none of it was waited for, still less stored."""
    for token in ("", "rpt_wrong"):
        status, said = call(port, upload(account.pk, CHUNKED), chunks(LINE, end=b""), token=token)
        assert (status, json.loads(said)["status"]) == (401, 401)
    assert call(port, f"POST /login/ HTTP/1.1\r\n{CHUNKED}", chunks(LINE))[0] == 411


def test_length_beside_chunks_is_no_request(port, program, account) -> None:
    """Two servers in a row would see two different ends of it."""
    head = upload(account.pk, CHUNKED, "Content-Length: 5")
    assert call(port, head, chunks(LINE), token=program.text)[0] == 400
    assert Batch.objects.count() == 0


def test_odd_addresses_and_methods_are_refused_as_problems(port, program) -> None:
    for line, expected in (
        ("GET /api/v1//batches", 404),
        ("GET /api/v1/batches/", 404),
        ("GET /api/v1/../../etc/passwd", 404),
        ("DELETE /api/v1/batches", 405),
        ("OPTIONS /api/v1/batches", 405),
    ):
        status, said = call(port, f"{line} HTTP/1.1", token=program.text)
        assert (line, status, json.loads(said)["status"]) == (line, expected, expected)
