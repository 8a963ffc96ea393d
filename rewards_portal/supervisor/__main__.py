"""`make run`: python -m rewards_portal.supervisor [--fresh]."""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from rewards_portal.supervisor.demo import Demo, plan_demo
from rewards_portal.supervisor.output import Output
from rewards_portal.supervisor.stamp import Stamp
from rewards_portal.supervisor.supervisor import Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything the demo makes; another folder is another demo.
VAR = Path(os.environ.get("PORTAL_VAR") or BASE_DIR / "var").absolute()


def main() -> int:
    """Start the demo and keep it until a signal comes; return the exit code."""
    parser = argparse.ArgumentParser(prog="make run", description="The portal, with everything it needs.")
    parser.add_argument("--fresh", action="store_true", help="forget the demo's data first")
    fresh: bool = parser.parse_args().fresh
    if (environment := os.environ.get("ENKASH_ENVIRONMENT", "simulator")) != "simulator":
        return _refuse(f"ENKASH_ENVIRONMENT is {environment}; the demo only ever talks to the simulator. Unset it.")
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (VAR / "run.lock").open("w") as lock:
        if not _locked(lock):
            return _refuse("The demo already runs from this folder. Press Ctrl-C there first.")
        if fresh:
            _forget()
        try:
            demo = plan_demo(BASE_DIR, var=VAR, outer=os.environ)
        except ValueError as error:
            return _refuse(str(error))
        return _run(demo)


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget() -> None:
    for entry in VAR.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != "run.lock":
            entry.unlink()


def _run(demo: Demo) -> int:
    names = tuple(service.name for service in demo.services)
    output = Output(sys.stdout, names=names)
    for remark in demo.remarks:
        output.plain(remark)
    stamp = Stamp(BASE_DIR, var=VAR, environment=demo.environment)
    said = stamp.read()
    if said is None:
        prepared = _prepare(demo)
        said = prepared.stdout
        if prepared.returncode:
            output.plain(said)
            return _refuse("The demo could not be prepared; the reason stands above. `make fresh` starts over.")
        stamp.write(said)
    banner = f"\n{said.rstrip()}\n\nThe portal is ready: {demo.url}\nCtrl-C stops everything.\n"
    try:
        Supervisor(demo.services, output=output, when_ready=lambda: output.plain(banner)).run()
    finally:
        if not demo.scratch.is_relative_to(VAR):
            shutil.rmtree(demo.scratch, ignore_errors=True)
    return 0


def _prepare(demo: Demo) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "rewards_portal.supervisor.prepare"],
        cwd=BASE_DIR,
        env=dict(demo.environment),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
