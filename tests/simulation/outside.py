"""What else the portal keeps outside of its database: the spool on the disk, the witness in Redis."""

from collections.abc import Callable
from uuid import UUID

from allocations.gateway.spool import Spooled
from allocations.models import Attempt


class Disk:
    """In place of allocations.gateway.spool: one machine, whose disk outlives every process."""

    def __init__(self) -> None:
        self._files: dict[tuple[object, ...], Spooled] = {}

    def put(self, attempt: Attempt, spooled: Spooled) -> bool:
        self._files[_name(attempt)] = spooled
        return True

    def get(self, attempt: Attempt) -> Spooled | None:
        return self._files.get(_name(attempt))

    def remove(self, attempt: Attempt) -> None:
        self._files.pop(_name(attempt), None)

    def waiting(self) -> list[int]:
        return sorted({int(str(name[0])) for name in self._files})


def _name(attempt: Attempt) -> tuple[object, ...]:
    return attempt.pk, attempt.worker, attempt.payload_sha256, attempt.sent_at


class Redis:
    """A witness that may forget: `forgets` is asked before each note."""

    def __init__(self, forgets: Callable[[], bool], step: Callable[[str], None]) -> None:
        self._highest: dict[UUID, int] = {}
        self._forgets = forgets
        self._step = step

    def note(self, instance: UUID, attempt_id: int) -> None:
        self._step("witness")
        if not self._forgets():
            self._highest[instance] = max(attempt_id, self._highest.get(instance, 0))

    def highest(self, instance: UUID) -> int | None:
        return self._highest.get(instance)
