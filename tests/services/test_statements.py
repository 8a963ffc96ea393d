"""What one chunk of a run asks of the database: a number that only falls, or grows for a reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from allocations.services import draining, planning
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db

# Of a chunk whose rows are all credited, with the questions for the time; COPY and commits do not count.
MOST = 39
_SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT")


def statements(portal: Portal, *, chunks: int) -> list[str]:
    """Of draining a planned run of so many chunks."""
    run = portal.approved_run(rows=chunks * portal.account.chunk_size)
    planning.begin_run(run.pk, gateway=portal.gateway)
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(_SAVEPOINTS):
            asked.append(sql)
        return execute(sql, *rest)

    def clock() -> Any:
        # On PostgreSQL the time is the database's: one statement each.
        asked.append("the time")
        return portal.clock()

    with connection.execute_wrapper(note):
        draining.drain_run(run.pk, gateway=replace(portal.gateway, clock=clock))
    assert run.chunks.count() == run.chunks.filter(state="done").count() == chunks
    return asked


def test_one_chunk_takes_no_more_statements_than_it_did(portal: Portal) -> None:
    few, many = statements(portal, chunks=2), statements(portal, chunks=6)
    assert (len(many) - len(few)) / 4 <= MOST, "\n".join(many)
