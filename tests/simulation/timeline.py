"""Virtual time: what happens when, in an order that depends on nothing but the seed."""

import heapq
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest import mock

from allocations import gateway

Event = Callable[[], None]
_DATABASE_NOW = gateway.database_now


@contextmanager
def all_clocks(now: Callable[[], datetime]) -> Iterator[None]:
    """Whoever imported the portal's clock, also a module that nobody thought of here, reads this one."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("allocations.")]
    with ExitStack() as stack:
        for module in modules:
            if getattr(module, "database_now", None) is _DATABASE_NOW:
                stack.enter_context(mock.patch.object(module, "database_now", now))
        yield


class Timeline:
    def __init__(self, start: datetime) -> None:
        self.now = start
        self._start = start
        self._events: list[tuple[datetime, int, Event]] = []
        self._serial = 0

    @property
    def seconds(self) -> float:
        """Since the start."""
        return (self.now - self._start).total_seconds()

    def at(self, when: datetime, event: Event) -> None:
        self._serial += 1
        heapq.heappush(self._events, (max(when, self.now), self._serial, event))

    def after(self, seconds: float, event: Event) -> None:
        self.at(self.now + timedelta(seconds=seconds), event)

    def run_one(self) -> bool:
        """Lets time pass until the next event, and the event happen. False when none is left."""
        if not self._events:
            return False
        self.now, _, event = heapq.heappop(self._events)
        event()
        return True
