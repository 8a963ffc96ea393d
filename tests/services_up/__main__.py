"""`make test`: python -m tests.services_up sqlite postgresql [-- pytest's arguments]."""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rewards_portal.supervisor.tree import end_with_parent
from tests.services_up.browser import install_chromium
from tests.services_up.postgresql import postgresql

BASE_DIR = Path(__file__).resolve().parents[2]
# These never touch the database, or bring their own; once is enough.
_WITHOUT_DATABASE = ("bench", "docs", "domain", "enkash", "presenters", "rewards_portal", "e2e", "simulation")
# What happens to processes, whatever database they use; PostgreSQL is what a production has.
_OF_PROCESSES = ("signals", "horses", "job_ends", "redis", "lanes", "sweepers")
# Playwright leaves an event loop in its process, and Django then gives every greenlet a connection of its own; the
# product under test keeps running until its session ends.
_APART = "e2e"


def main() -> int:
    """Run the suite on each database that was named; return 0 only when every run passes."""
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("databases", nargs="+", choices=("sqlite", "postgresql"))
    own, rest = _split(sys.argv[1:])
    chosen = parser.parse_args(own)
    _compile_translations()
    if not rest or any("e2e" in argument for argument in rest):
        install_chromium()
    return max([_run(database, arguments=rest) for database in chosen.databases])


def _compile_translations() -> None:
    """As `make` does it: a test that reads Hindi must not depend on who compiled last."""
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile", "-d", "locale", "-D", "django"]
    subprocess.run(command, cwd=BASE_DIR, check=True)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1 :]


def _run(database: str, *, arguments: list[str]) -> int:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-tests-"))
        environment = {**os.environ, "PORTAL_TESTS": folder}
        skipped = [f"--ignore=tests/{_APART}", *(f"--ignore=tests/faults/test_{name}.py" for name in _OF_PROCESSES)]
        sessions = [arguments] if arguments else [["tests", *skipped], [f"tests/{_APART}"]]
        if database == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(postgresql())
            sessions = [arguments or ["tests", *(f"--ignore=tests/{name}" for name in _WITHOUT_DATABASE)]]
        sys.stdout.write(f"\nTests on {database}\n")
        sys.stdout.flush()
        return max([_pytest(session, environment=environment) for session in sessions])


def _pytest(arguments: list[str], *, environment: dict[str, str]) -> int:
    # The tests of the browser share one running product. Others take from a few seconds to a minute: who is done helps.
    # One more than there are cores: those that kill processes mostly wait.
    together = any(_APART in argument for argument in arguments if not argument.startswith("--ignore"))
    processes = "0" if together else str(min(os.cpu_count() or 2, 4) + 1)
    command = [sys.executable, "-m", "pytest", "-n", processes, "--dist", "worksteal", *arguments]
    # Ended by a signal, this process must not leave a run behind.
    run = subprocess.Popen(command, cwd=BASE_DIR, env=environment, preexec_fn=end_with_parent)  # noqa: PLW1509 - one thread
    return run.wait()


if __name__ == "__main__":
    sys.exit(main())
