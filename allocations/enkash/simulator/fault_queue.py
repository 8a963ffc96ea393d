"""Scripted faults: pushed by a test, taken by the next requests to their endpoint, in order."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from allocations.enkash.simulator import kinds_bytes, kinds_reads, kinds_rows, kinds_status
from allocations.enkash.simulator.answers import Endpoint
from allocations.enkash.simulator.kind import Fault, Kind
from allocations.enkash.simulator.work import Stage

KINDS: Final[Mapping[str, Kind]] = {
    **kinds_status.KINDS,
    **kinds_bytes.KINDS,
    **kinds_rows.KINDS,
    **kinds_reads.KINDS,
}


def make_fault(name: str, *, endpoint: str | None = None, work: str | None = None, **options: Any) -> Fault:
    """The fault with its kind's endpoint and stage unless others are given, or ValueError."""
    if name not in KINDS:
        raise ValueError(f"No fault {name}; there are {', '.join(sorted(KINDS))}.")
    kind = KINDS[name]
    known = kind.names(kind.change) | kind.names(kind.plan)
    unknown = sorted(options.keys() - known)
    if unknown:
        raise ValueError(f"{name} has no option {', '.join(unknown)}; it takes {', '.join(sorted(known)) or 'none'}.")
    return Fault(
        name=name,
        kind=kind,
        endpoint=kind.endpoint if endpoint is None else Endpoint(endpoint),
        stage=kind.stage if work is None else Stage(work),
        options=options,
    )


class FaultQueue:
    """Faults that wait, by endpoint. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Endpoint, deque[Fault]] = {endpoint: deque() for endpoint in Endpoint}

    def push(
        self, *, kind: str, endpoint: str | None = None, times: int = 1, work: str | None = None, **options: Any
    ) -> None:
        """Lets the next `times` requests to the endpoint meet this fault, after those that wait already.

        work (none, half, all, late) overrides when the work is done. ValueError for a kind or option that is not known.
        """
        fault = make_fault(kind, endpoint=endpoint, work=work, **options)
        with self._lock:
            self._waiting[fault.endpoint].extend([fault] * times)

    def take(self, endpoint: Endpoint) -> Fault | None:
        with self._lock:
            queue = self._waiting[endpoint]
            return queue.popleft() if queue else None

    def waiting(self) -> dict[str, list[str]]:
        """Names of the faults that no request has met yet."""
        with self._lock:
            return {
                endpoint.value: [fault.name for fault in queue] for endpoint, queue in self._waiting.items() if queue
            }

    def clear(self) -> None:
        with self._lock:
            for queue in self._waiting.values():
                queue.clear()
