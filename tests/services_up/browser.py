"""The browser of the end-to-end tests."""

import os
import shutil
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
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    found = chromium()
    return {**browser_type_launch_args, "args": flags, **({"executable_path": found} if found else {})}
