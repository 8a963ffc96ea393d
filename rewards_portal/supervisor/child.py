"""One service as a running process: start, output, end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress

from rewards_portal.supervisor.services import Service
from rewards_portal.supervisor.tree import end_with_parent, kill_session

_STEADY_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 30.0


class Child:
    """A service and its present process. Times are seconds of a monotonic clock, passed in."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.start_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0
        self._rest = b""

    def start(self, *, now: float) -> None:
        """Start the command in a session of its own, its output in a pipe that never blocks the reader."""
        # The terminal's Ctrl-C must reach the supervisor alone: it ends the others in order.
        self.process = subprocess.Popen(  # noqa: S603 - the commands are this package's own
            self.service.command,
            env=dict(self.service.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - the supervisor has one thread
        )
        os.set_blocking(self._stdout(), False)
        self._started_at = now

    def has_ended(self) -> bool:
        """Tell whether the process was started and is gone."""
        return self.process is not None and self.process.poll() is not None

    def bury(self, *, now: float) -> tuple[str, float]:
        """Clear what an ended process left; return how it ended and the seconds until its next start."""
        code = self._code()
        self.kill()
        self._failures = 1 if now - self._started_at > _STEADY_SECONDS else self._failures + 1
        pause = min(2.0 ** (self._failures - 1), _LONGEST_PAUSE_SECONDS)
        self.start_at = now + pause
        return _ending(code), pause

    def stop(self) -> None:
        """Ask the process to end; only itself, a worker tells its own child when the time has come."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and everything that it started, at once, and let go of its pipe."""
        if self.process is None:
            return
        kill_session(self.process.pid)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        self._rest = b""

    def lines(self) -> Iterator[str]:
        """Yield the whole lines written since the last call; of an ended process also the last, unfinished one."""
        with suppress(BlockingIOError):
            while block := os.read(self._stdout(), 65_536):
                self._rest += block
        *whole, self._rest = self._rest.split(b"\n")
        if self.has_ended() and self._rest:
            whole.append(self._rest)
            self._rest = b""
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")

    def _stdout(self) -> int:
        if self.process is None or self.process.stdout is None:
            raise RuntimeError(f"{self.service.name} was not started.")
        return self.process.stdout.fileno()

    def _code(self) -> int:
        return self.process.returncode if self.process is not None else 0


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
