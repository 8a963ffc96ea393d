import os
import subprocess
import sys

import pytest
from django.db import connection


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is a file on the same machine")
@pytest.mark.skipif(os.geteuid() != 0 and "CI" not in os.environ, reason="only root lays cables")
def test_f65_a_machine_that_is_cut_off_keeps_its_locks_for_seconds_not_for_hours() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.faults.cut_off"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
