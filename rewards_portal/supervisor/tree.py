"""Processes and what they leave behind: every child leads a session, and a session ends as a whole."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies; runs between fork and exec. Only Linux offers it."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def kill_session(leader: int) -> None:
    """Kill every process of the session that `leader` began, also when the leader itself is gone."""
    # A worker's child has a process group of its own, so killing the leader's group would miss it.
    for pid in _members(leader):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _members(leader: int) -> Iterator[int]:
    if sys.platform != "linux":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _session(entry) == leader:
            yield int(entry.name)


def _session(entry: Path) -> int:
    try:
        text = (entry / "stat").read_text(errors="replace")
    except OSError:
        return 0
    # The name in parentheses may hold spaces and parentheses itself; state, parent, group, session follow it.
    return int(text.rpartition(")")[2].split()[3])
