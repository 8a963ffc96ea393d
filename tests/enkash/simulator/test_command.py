"""The management command as a process: how it starts, what it prints, how it ends."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

MANAGE = Path(__file__).parents[3] / "manage.py"


@pytest.fixture
def process(tmp_path):
    command = [sys.executable, str(MANAGE), "enkash_simulator", "--port", "0", "--profile", "realistic"]
    options = ["--latency-ms", "5", "--balance", "77", "--ledger", str(tmp_path / "ledger.sqlite3")]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_told_to_stop(process, number):
    first = process.stdout.readline()
    url = re.fullmatch(r"EnKash simulator \(no real points\) on (http://127\.0\.0\.1:\d+)\n", first)[1]
    state = requests.get(f"{url}/_control/state", timeout=10).json()
    process.send_signal(number)
    process.wait(timeout=30)
    assert (state["balances"]["CADEMO1"], state["options"]["latency"]) == (77, 0.005)
    assert process.stdout.read().splitlines() == [
        f"profile realistic, seed 1, control {url}/_control/state",
        "EnKash simulator stopped.",
    ]
    assert process.returncode == 0
