"""The browser of the end-to-end tests."""

import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium() -> str | None:
    """Return the machine's chromium; nothing when only Playwright's own download can serve."""
    chosen = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    return chosen or None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's chromium where there is one; root has no sandbox to offer it."""
    return {**browser_type_launch_args, **launch_options()}


def launch_options() -> dict[str, Any]:
    """Return what Playwright needs to start the machine's chromium."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    found = chromium()
    return {"args": flags, **({"executable_path": found} if found else {})}


def install_chromium() -> None:
    """Make sure of a browser: the machine's, else Debian's package for root, else Playwright's own download."""
    if chromium() or (os.geteuid() == 0 and shutil.which("apt-get") and _install_package()):
        return
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode:
        sys.exit("No browser found. Install chromium, or set CHROMIUM to its path.")


def _install_package() -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "chromium"]):
        command = ["apt-get", *words] if words[0] == "update" else ["apt-get", "-y", *words]
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return chromium() is not None
