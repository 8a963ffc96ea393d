"""The loop: start in order, pass output on, start again what died, stop in reverse order."""

import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

from rewards_portal.supervisor.child import Child
from rewards_portal.supervisor.output import Output
from rewards_portal.supervisor.services import Service

_TICK_SECONDS = 0.1


class Supervisor:
    """Keeps services alive until SIGINT or SIGTERM; a second signal ends them at once."""

    def __init__(
        self, services: Iterable[Service], *, output: Output, when_ready: Callable[[], None], grace: float = 10.0
    ) -> None:
        self._children = [Child(service) for service in services]
        self._output = output
        self._when_ready = when_ready
        self._grace = grace
        self._signals = 0
        self._announced = False

    def run(self) -> None:
        """Run until a signal arrives; whatever happens, no child outlives this call."""
        previous = {
            name: signal.signal(name, self._on_signal) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            while not self._signals:
                self._tick()
                time.sleep(_TICK_SECONDS)
        finally:
            self._stop_all()
            for name, handler in previous.items():
                signal.signal(name, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _tick(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.has_ended():
                self._bury(child, now=now)
            elif child.process is None and now >= child.start_at and self._may_start(child):
                child.start(now=now)
        self._pass_output_on()
        self._announce()

    def _may_start(self, child: Child) -> bool:
        return child.service.stage == 0 or self._is_ready(stage=0)

    def _is_ready(self, *, stage: int) -> bool:
        children = [child for child in self._children if child.service.stage == stage]
        return all(child.process is not None and child.service.ready() for child in children)

    def _bury(self, child: Child, *, now: float) -> None:
        self._pass_output_on()
        ending, pause = child.bury(now=now)
        self._output.line(child.service.name, f"{ending}; it starts again in {pause:.0f} s.")

    def _pass_output_on(self) -> None:
        for child in self._children:
            if child.process is not None:
                for line in child.lines():
                    self._output.line(child.service.name, line)

    def _announce(self) -> None:
        if not self._announced and self._is_ready(stage=0) and self._is_ready(stage=1):
            self._announced = True
            self._when_ready()

    def _stop_all(self) -> None:
        self._output.plain("Stopping.")
        for stage in (1, 0):
            self._stop([child for child in self._children if child.service.stage == stage])
        self._output.plain("Everything is stopped.")

    def _stop(self, children: list[Child]) -> None:
        for child in children:
            child.stop()
        deadline = time.monotonic() + self._grace
        while self._signals < 2 and time.monotonic() < deadline and not all(map(_is_gone, children)):
            self._pass_output_on()
            time.sleep(_TICK_SECONDS / 2)
        self._pass_output_on()
        for child in children:
            if not _is_gone(child):
                self._output.line(child.service.name, "did not end when asked; killed.")
            child.kill()


def _is_gone(child: Child) -> bool:
    return child.process is None or child.has_ended()
