"""Virtual time: what happens when, in an order that depends on nothing but the seed."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

Event = Callable[[], None]


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
