"""What a piece of work asks of the database: statements, their time, and the time of its commits."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Watch:
    """`by_statement`: count and seconds per statement text; a commit counts as one."""

    by_statement: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0, 0.0]))

    @property
    def statements(self) -> int:
        return int(sum(count for count, _ in self.by_statement.values()))

    @property
    def seconds(self) -> float:
        return sum(seconds for _, seconds in self.by_statement.values())

    def note(self, statement: str, began: float) -> None:
        entry = self.by_statement[statement]
        entry[0] += 1
        entry[1] += time.perf_counter() - began

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.note(sql, began)


@contextmanager
def watched() -> Iterator[Watch]:
    watch, commit = Watch(), connection._commit  # noqa: SLF001 - no public hook sees a commit

    def timed_commit() -> None:
        began = time.perf_counter()
        commit()
        watch.note("COMMIT", began)

    connection._commit = timed_commit  # noqa: SLF001 - as above
    try:
        with connection.execute_wrapper(watch):
            yield watch
    finally:
        del connection._commit  # noqa: SLF001 - as above


def backend_seconds() -> float:
    """Processor seconds so far of the PostgreSQL process that serves this connection; SQLite has none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    _, _, after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")
    user, system = after_name.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
