"""The supervisor with small real processes, in a process of its own that the tests can signal."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[3]
DRIVER = """
    import sys, os
    from rewards_portal.supervisor.output import Output
    from rewards_portal.supervisor.services import Service
    from rewards_portal.supervisor.supervisor import Supervisor

    def python(name, code, **more):
        command = (sys.executable, "-u", "-c", code)
        return Service(name=name, command=command, environment=os.environ, **more)

    services = [{services}]
    output = Output(sys.stdout, names=tuple(service.name for service in services))
    Supervisor(services, output=output, when_ready=lambda: output.plain("READY"), grace=1.0).run()
"""
WAIT = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
PARENT = (
    "import os, time, subprocess, sys;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], preexec_fn=os.setpgrp);"
    "print('grandchild', p.pid); time.sleep(600)"
)


@pytest.fixture
def supervise() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []

    def start(*services: str) -> "subprocess.Popen[str]":
        code = textwrap.dedent(DRIVER).format(services=", ".join(services))
        process = subprocess.Popen([sys.executable, "-c", code], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    seen = ""
    while text not in seen:
        line = process.stdout.readline()
        assert line, f"ended without {text!r}: {seen}"
        seen += line
    return seen


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def gone_soon(pid: int) -> bool:
    until = time.monotonic() + 10
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not lives(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything(supervise, number: signal.Signals) -> None:
    process = supervise(f"python('a', {WAIT!r})", f"python('b', {WAIT!r})")
    read_until(process, "READY")
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == "Stopping.\nEverything is stopped.\n"
    assert process.returncode == 0


def test_child_that_ignores_the_request_is_killed(supervise) -> None:
    process = supervise(f"python('deaf', {DEAF!r})")
    read_until(process, "deaf | deaf")
    process.terminate()
    assert "deaf | did not end when asked; killed.\n" in process.communicate(timeout=30)[0]


def test_child_that_dies_starts_again_and_says_so(supervise) -> None:
    process = supervise("python('short', \"import sys; print('here'); sys.exit(3)\")")
    seen = read_until(process, "again in 2 s.")
    assert [line for line in seen.splitlines() if line != "READY"] == [
        "short | here",
        "short | ended with exit code 3; it starts again in 1 s.",
        "short | here",
        "short | ended with exit code 3; it starts again in 2 s.",
    ]


def test_grandchild_with_its_own_group_is_ended(supervise) -> None:
    process = supervise(f"python('parent', {PARENT!r})")
    grandchild = int(read_until(process, "grandchild").split()[-1])
    process.terminate()
    process.communicate(timeout=30)
    assert gone_soon(grandchild)


def test_child_ends_when_the_supervisor_is_killed(supervise) -> None:
    process = supervise("python('child', \"import os, time; print('pid', os.getpid()); time.sleep(600)\")")
    child = int(read_until(process, "pid").split()[-1])
    os.kill(process.pid, signal.SIGKILL)
    assert gone_soon(child)


def test_second_stage_waits_until_the_first_is_ready(supervise, tmp_path: Path) -> None:
    flag = str(tmp_path / "flag")
    first = f"import time; time.sleep(0.5); open({flag!r}, 'w'); time.sleep(600)"
    second = f"import os, time; print(os.path.exists({flag!r})); time.sleep(600)"
    process = supervise(
        f"python('first', {first!r}, stage=0, ready=lambda: os.path.exists({flag!r}))", f"python('second', {second!r})"
    )
    assert "second | True\n" in read_until(process, "second |")
