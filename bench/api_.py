"""A list from the first byte that a program sends to stored rows: JSON Lines beside the same list as CSV.

Through gunicorn as a production has it, then read as a worker does; `peak_mb` is the worker's, `child_mb` gunicorn's.
"""

import csv
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.import_ import _files
from bench.lines import Line

_KINDS = {"csv": "text/csv", "jsonl": "application/x-ndjson", "jsonl chunked": "application/x-ndjson"}
_NAMES = {"Reference": "client_reference"}
_BLOCK = 1 << 16


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[Line]:
    listed = _files(folder, rows)["csv"]
    files = {"csv": listed, "jsonl": _as_lines(listed)}
    files["jsonl chunked"] = files["jsonl"]
    known = _way("token")
    for turn in range(rounds):
        for form, path in files.items():
            with served() as (port, server):
                start = time.perf_counter()
                batch = send(port, path, form, known)
                sending = time.perf_counter() - start
                memory = _peak_mb(server)
            found = _way("read", str(batch))
            if found["stored"] != rows:
                raise RuntimeError(f"{found['stored']} of {rows} rows were stored")
            seconds = round(sending + found["seconds"], 3)
            yield Line("api", "portal", db, form, rows, seconds, found["peak_mb"], memory, turn)


def _as_lines(path: Path) -> Path:
    lines = path.with_suffix(".jsonl")
    with path.open(newline="", encoding="utf-8-sig") as source, lines.open("w", encoding="utf-8") as target:
        for row in csv.DictReader(source):
            record = {_NAMES.get(name, name.lower()): value for name, value in row.items()}
            target.write(json.dumps(record, ensure_ascii=False) + "\n")
    return lines


def _way(*words: str) -> dict:
    command = [sys.executable, "-m", "bench.way", "bench.api_ways", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def served(*, workers: int = 1) -> Iterator[tuple[int, int]]:
    """Port, and the id of gunicorn's master."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = f"--bind fd://{listener.fileno()} --workers {workers} --worker-class gthread --threads 8"
        command = [sys.executable, "-m", "gunicorn", *options.split(), "--no-control-socket", "rewards_portal.wsgi"]
        process = subprocess.Popen(command, pass_fds=(listener.fileno(),), stdout=subprocess.DEVNULL)
        port = listener.getsockname()[1]
        try:
            call(port, "GET", "/health/")
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(timeout=60)


def send(port: int, path: Path, form: str, known: dict) -> int:
    headers = {
        "Authorization": f"Bearer {known['token']}",
        "Content-Type": _KINDS[form],
        "Idempotency-Key": os.urandom(8).hex(),
    }
    if not form.endswith("chunked"):
        headers["Content-Length"] = str(path.stat().st_size)
    with path.open("rb") as body:
        blocks = iter(lambda: body.read(_BLOCK), b"")
        address = f"/api/v1/batches/upload?purpose=Bench&account={known['account']}"
        said = call(port, "POST", address, body=blocks, headers=headers)
    return int(json.loads(said)["id"])


def call(port: int, method: str, path: str, **more: object) -> bytes:
    connection = http.client.HTTPConnection("localhost", port, timeout=600)
    connection.request(method, path, **more)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {answer.status} {said!r}")
    return said


def _peak_mb(master: int) -> int:
    """Of the largest of its workers."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    status = [Path(f"/proc/{child}/status").read_text() for child in children]
    return max(int(text.partition("VmHWM:")[2].split()[0]) // 1024 for text in status)
