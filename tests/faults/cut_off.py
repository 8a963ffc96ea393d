"""python -m tests.faults.cut_off: a machine is cut off from the database while it holds a lock; what becomes of both ends.

Runs in a network of its own, so it is no test itself. Ends with 0 when another machine gets the lock, and the one that
was cut off learns that its connection is gone.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.services_up.postgresql import cluster
from tests.services_up.workers import BASE_DIR
from tests.soak.hosts import Host, Net, centre, lay_cables, move_in, network

# Without care the kernel of the one tries for a quarter of an hour, and that of the other for two hours.
_PATIENCE = 120
_HOLDER = """
import sys, time
from pathlib import Path
from django.db import OperationalError, connection, transaction
try:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cut_off")
        print("locked", flush=True)
        while not Path(sys.argv[-1]).exists():
            time.sleep(0.1)
        cursor.execute("SELECT 1")
except OperationalError:
    print("told", flush=True)
"""


def main() -> int:
    move_in(["-m", "tests.faults.cut_off"])
    lay_cables()
    host, url = Host("one", 11), f"postgresql://portal@{centre(Net.DATA)}/postgres"
    with tempfile.TemporaryDirectory() as name, cluster() as own:
        folder = Path(name)
        own.let_in(network(Net.DATA))
        with own.running(listen_addresses=centre(Net.DATA)), psycopg.connect(own.url, autocommit=True) as other:
            other.execute("CREATE TABLE cut_off ()")
            holder = _hold(host, url, folder)
            _wait_for("locked", folder, holder)
            host.pull(Net.DATA)
            (folder / "cut").touch()
            other.execute(f"SET lock_timeout = '{_PATIENCE}s'")
            began = time.monotonic()
            other.execute("DROP TABLE cut_off")
            print(f"the lock was free after {time.monotonic() - began:.0f} s")
            _wait_for("told", folder, holder)
            print(f"the machine was told after {time.monotonic() - began:.0f} s")
    return 0


def _hold(host: Host, url: str, folder: Path) -> "subprocess.Popen[str]":
    (folder / "holder.py").write_text(f"import django; django.setup()\n{_HOLDER}")
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, str(folder / "holder.py"), str(folder / "cut")]
    with (folder / "log").open("w") as log:
        return host.start(command, env={**env, "PYTHONPATH": str(BASE_DIR)}, output=log)


def _wait_for(word: str, folder: Path, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + _PATIENCE
    while word not in (said := (folder / "log").read_text()).split():
        if time.monotonic() > until or process.poll() not in {None, 0}:
            sys.exit(f"it was not {word}: {said}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
